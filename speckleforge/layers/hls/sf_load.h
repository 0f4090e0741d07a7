// Taking parameters: every kernel that has some begins a frame with this, until the loader lets the frame through.
#ifndef SF_LOAD_H
#define SF_LOAD_H

#include "sf_stream.h"

namespace sf {

// The next message; false where it is the `go` of a frame. `bank` is that of the message, 0 where there is one only.
template <int BANKS>
inline bool take(hls::stream<Message>& parameters, Message& message, int& bank) {
#pragma HLS inline
    message = parameters.read();
    bank = BANKS > 1 ? int(bank_of(message)) : 0;
    return !is_go(message);
}

// Parameters of a linear layer, weight (0), bias (1), shift (2), to their memories. `place` says where a weight goes: to
// row `phase()` of its bank and to `column()`; it stays between frames, as `output`, the number of the next bias or shift.
// Gives the bank of the frame.
template <int BANKS, class Weight, class Bias, class Shift, class Place, class Count, int ROWS, int COLUMNS, int OUTPUTS>
inline int load_linear(hls::stream<Message>& parameters, Weight (&weight)[ROWS][COLUMNS],
                              Bias (&bias)[BANKS][OUTPUTS], Shift (&shift)[BANKS][OUTPUTS], Place& place,
                              Count& output) {
#pragma HLS inline
    int bank = 0;
    bool more = true;
SF_LABEL(load)
    while (more) {
#pragma HLS loop_tripcount min=1 max=1
#pragma HLS pipeline II=1
        Message message = 0;
        more = take<BANKS>(parameters, message, bank);
        if (more && is_first(message)) {
            place.start();
            output = 0;
        }
        if (more && parameter_of(message) == 0) {
            weight[bank * (ROWS / BANKS) + place.phase()][place.column()] = value_of<Weight>(message);
            place.next();
        } else if (more) {
            if (parameter_of(message) == 1) {
                bias[bank][output] = value_of<Bias>(message);
            } else {
                shift[bank][output] = value_of<Shift>(message);
            }
            output += 1;
        }
    }
    return bank;
}

}  // namespace sf

#endif
