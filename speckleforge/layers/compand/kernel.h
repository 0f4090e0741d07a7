// compand: y = number of thresholds t_k with x >= t_k.
//
// Shapes:   words of ELEMENTS elements, in and out.
// Folding:  every threshold beside every element.
// Cycles:   STEPS of a frame, and the pipeline's depth; parameters before it, one a cycle.
#ifndef SF_COMPAND_H
#define SF_COMPAND_H

#include "sf_load.h"

namespace sf {

template <class C>
void compand(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out,
             hls::stream<Message>& parameters) {
    typedef ap_uint<C::BITS> In;
    typedef ap_uint<C::OUT_BITS> Out;
    typedef ap_uint<C::BITS + 1> Threshold;  // one bit more, so that it can be out of reach
    const int LEVELS = (1 << C::OUT_BITS) - 1;

    static Threshold threshold[C::BANKS][LEVELS];
#pragma HLS array_partition variable=threshold complete dim=0
    static typename Index<LEVELS>::type level;  // of the next threshold

    int bank = 0;
    bool more = true;
SF_LABEL(load)
    while (more) {
#pragma HLS loop_tripcount min=1 max=1
#pragma HLS pipeline II=1
        Message message = 0;
        more = take<C::BANKS>(parameters, message, bank);
        if (more) {
            if (is_first(message)) {
                level = 0;
            }
            threshold[bank][level] = value_of<Threshold>(message);
            level += 1;
        }
    }

SF_LABEL(frame)
    for (int step = 0; step < C::STEPS; ++step) {
#pragma HLS pipeline II=1
        const ap_uint<C::IN_WORD> x = in.read();
        ap_uint<C::OUT_WORD> y = 0;
        for (int i = 0; i < C::ELEMENTS; ++i) {
#pragma HLS unroll
            const In value = element<In>(x, i);
            Out reached = 0;
            for (int k = 0; k < LEVELS; ++k) {
#pragma HLS unroll
                reached += ap_uint<1>(value >= threshold[bank][k]);
            }
            set_element(y, i, reached);
        }
        out.write(y);
    }
}

}  // namespace sf

#endif
