// Weights of filters as they come, in canonical order, to where a folded kernel reads them.
//
// Memory row of a phase: the weights of UNROLL_OUT filters by UNROLL_TAPS taps that it multiplies; phases go through the
// parts of the taps first, then through the groups of filters.
#ifndef SF_FILTERS_H
#define SF_FILTERS_H

#include "sf_stream.h"

namespace sf {

template <int TAPS, int UNROLL_OUT, int UNROLL_TAPS, int FILTERS>
struct FilterPlace {
    static const int PARTS = (TAPS + UNROLL_TAPS - 1) / UNROLL_TAPS;
    static const int GROUPS = (FILTERS + UNROLL_OUT - 1) / UNROLL_OUT;
    static const int PHASES = PARTS * GROUPS;

    typename Index<TAPS>::type tap;           // of the filter
    typename Index<UNROLL_TAPS>::type place;  // of the tap in its part
    typename Index<PARTS>::type part;
    typename Index<UNROLL_OUT>::type filter;  // in its group
    typename Index<PHASES>::type first_phase;  // of the group

    void start() {
#pragma HLS inline
        tap = 0;
        place = 0;
        part = 0;
        filter = 0;
        first_phase = 0;
    }

    int phase() const {
#pragma HLS inline
        return first_phase + part;
    }

    int column() const {
#pragma HLS inline
        return filter * UNROLL_TAPS + place;
    }

    void next() {
#pragma HLS inline
        if (tap == TAPS - 1) {
            tap = 0;
            place = 0;
            part = 0;
            if (filter == UNROLL_OUT - 1) {
                filter = 0;
                first_phase += PARTS;
            } else {
                filter += 1;
            }
            return;
        }
        tap += 1;
        if (place == UNROLL_TAPS - 1) {
            place = 0;
            part += 1;
        } else {
            place += 1;
        }
    }
};

}  // namespace sf

#endif
