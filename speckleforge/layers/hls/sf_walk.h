// Where a kernel stands in a frame: rows, words, and which of them give a result. Counters only, no division.
#ifndef SF_WALK_H
#define SF_WALK_H

#include "sf_stream.h"

namespace sf {

// Positions FIRST, FIRST + STEP, ... of a line, COUNT of them; PART of them, side by side, make one group (a pool), the
// last of which may be incomplete.
template <int FIRST, int STEP, int COUNT, int PART>
struct Every {
    typename Index<FIRST + STEP>::type wait;  // positions before the next one
    typename Index<COUNT>::type left;         // how many are still to come
    typename Index<PART>::type part;          // place in its group
    typename Index<COUNT>::type group;

    void start() {
#pragma HLS inline
        wait = FIRST;
        left = COUNT;
        part = 0;
        group = 0;
    }

    bool here() const {
#pragma HLS inline
        return wait == 0 && left != 0;
    }

    bool opens() const {
#pragma HLS inline
        return part == 0;
    }

    bool closes() const {
#pragma HLS inline
        return part == PART - 1 || left == 1;
    }

    void next() {
#pragma HLS inline
        if (here()) {
            wait = STEP - 1;
            left -= 1;
            if (part == PART - 1) {
                part = 0;
                group += 1;
            } else {
                part += 1;
            }
        } else if (wait != 0) {
            wait -= 1;
        }
    }
};

// A frame of ROWS by WORDS positions, of which C::EMIT_... say where results are computed; PHASES cycles for each of
// those, one for any other. POOL_ROWS by POOL_WORDS results make one pool.
template <class C, int PHASES, int POOL_ROWS, int POOL_WORDS>
struct Walk {
    typename Index<C::ROWS>::type row;
    typename Index<C::WORDS>::type word;
    typename Index<PHASES>::type phase;
    Every<C::EMIT_ROW, C::EMIT_ROW_STEP, C::EMIT_ROWS, POOL_ROWS> rows;
    Every<C::EMIT_WORD, C::EMIT_WORD_STEP, C::EMIT_WORDS, POOL_WORDS> words;

    void start() {
#pragma HLS inline
        row = 0;
        word = 0;
        phase = 0;
        rows.start();
        words.start();
    }

    // A word of the image is taken here; elsewhere stands padding.
    bool takes() const {
#pragma HLS inline
        return row < C::IMAGE_ROWS && word < C::IMAGE_WORDS;
    }

    bool computes() const {
#pragma HLS inline
        return rows.here() && words.here();
    }

    void next() {
#pragma HLS inline
        if (computes() && phase != PHASES - 1) {
            phase += 1;
            return;
        }
        phase = 0;
        words.next();
        if (word == C::WORDS - 1) {
            word = 0;
            row += 1;
            words.start();
            rows.next();
        } else {
            word += 1;
        }
    }
};

}  // namespace sf

#endif
