// head: scores of an embedding against prototypes, then slot, class, accept and keep. Source: layers/head/op.py.
//
// Shapes:   words of LANES columns of CHANNELS channels in; one word of SLOTS + 4 elements of 32 bits out: scores, class
//           (-1: unknown), slot (-1: none), accept, keep.
// Folding:  UNROLL_SLOTS prototypes by all features of a word in a cycle.
// Cycles:   words times groups of slots, a scan over the slots, the veto.
#ifndef SF_HEAD_H
#define SF_HEAD_H

#include "sf_features.h"
#include "sf_load.h"

namespace sf {

template <class C>
void head(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out,
          hls::stream<Message>& parameters) {
    typedef typename Integer<C::BITS, C::SIGNED>::type In;
    typedef ap_int<C::PROTOTYPE_BITS> Prototype;
    typedef ap_int<C::SCORE_BITS> Score;
    typedef ap_uint<C::ENERGY_BITS> Energy;
    typedef FeaturePlace<C> Place;
    const int FEATURES = C::LANES * C::CHANNELS;  // of a word
    const int GROUPS = (C::SLOTS + C::UNROLL_SLOTS - 1) / C::UNROLL_SLOTS;
    const int CLASSES = 16;  // and one place behind them, for `unknown`

    static Prototype prototype[C::BANKS * Place::WORDS * GROUPS][C::UNROLL_SLOTS * FEATURES];
    static ap_uint<1> valid[C::BANKS][C::SLOTS];
    static ap_uint<4> class_id[C::BANKS][C::SLOTS];
    static ap_uint<32> threshold[C::BANKS];
    static ap_uint<1> keep[C::BANKS][CLASSES + 1];
#pragma HLS array_partition variable=prototype complete dim=2
#pragma HLS array_partition variable=threshold complete dim=0
    static Place place;                            // of the next element of a prototype
    static typename Index<C::SLOTS>::type filled;  // prototypes before it
    static ap_uint<9> entry;                       // of the next other value

    int bank = 0;
    bool more = true;
SF_LABEL(load)
    while (more) {
#pragma HLS loop_tripcount min=1 max=1
#pragma HLS pipeline II=1
        Message message = 0;
        more = take<C::BANKS>(parameters, message, bank);
        const ap_uint<4> parameter = parameter_of(message);
        if (more && is_first(message)) {
            place.start();
            filled = 0;
            entry = 0;
        }
        if (more && parameter == 0) {
            const Divided<C::UNROLL_SLOTS, GROUPS> slots(filled);
            const int at = (bank * Place::WORDS + place.word()) * GROUPS + slots.quotient;
            prototype[at][slots.rest * FEATURES + place.in_word()] = value_of<Prototype>(message);
            if (place.next()) {
                filled += 1;
            }
        } else if (more) {
            if (parameter == 1) {
                valid[bank][entry] = value_of<ap_uint<1> >(message);
            } else if (parameter == 2) {
                class_id[bank][entry] = value_of<ap_uint<4> >(message);
            } else if (parameter == 3) {
                threshold[bank] = value_of<ap_uint<32> >(message);
            } else {
                keep[bank][entry] = value_of<ap_uint<1> >(message);
            }
            entry += 1;
        }
    }

    Score scores[GROUPS * C::UNROLL_SLOTS];  // they go round: those of the group of a step come first
    In z[FEATURES];
    Energy energy = 0;
#pragma HLS array_partition variable=scores complete dim=0
#pragma HLS array_partition variable=z complete dim=0
    for (int n = 0; n < GROUPS * C::UNROLL_SLOTS; ++n) {
#pragma HLS unroll
        scores[n] = 0;
    }
    typename Index<Place::ROW_WORDS>::type word = 0;  // in its row
    typename Index<GROUPS>::type group = 0;
SF_LABEL(scores)
    for (int step = 0; step < Place::WORDS * GROUPS; ++step) {
#pragma HLS pipeline II=1
        if (group == 0) {
            word_features<C>(in.read(), word, z);
            Energy fresh = 0;
            for (int i = 0; i < FEATURES; ++i) {
#pragma HLS unroll
                fresh += z[i] * z[i];
            }
            energy += fresh;
            if (word == Place::ROW_WORDS - 1) {
                word = 0;
            } else {
                word += 1;
            }
        }
        Score sums[C::UNROLL_SLOTS];
#pragma HLS array_partition variable=sums complete dim=0
        for (int n = 0; n < C::UNROLL_SLOTS; ++n) {
#pragma HLS unroll
            Score fresh = 0;
            for (int i = 0; i < FEATURES; ++i) {
#pragma HLS unroll
                fresh += z[i] * prototype[bank * Place::WORDS * GROUPS + step][n * FEATURES + i];
            }
            sums[n] = scores[n] + fresh;
        }
        for (int n = 0; n < GROUPS * C::UNROLL_SLOTS; ++n) {
#pragma HLS unroll
            scores[n] = n + C::UNROLL_SLOTS < GROUPS * C::UNROLL_SLOTS
                            ? scores[(n + C::UNROLL_SLOTS) % (GROUPS * C::UNROLL_SLOTS)]
                            : sums[n % C::UNROLL_SLOTS];
        }
        if (group == GROUPS - 1) {
            group = 0;
        } else {
            group += 1;
        }
    }

    ap_uint<C::OUT_WORD> record = 0;
    ap_int<10> slot = -1;
    Score best = 0;
SF_LABEL(scan)
    for (int n = 0; n < C::SLOTS; ++n) {
#pragma HLS pipeline II=1
        if (valid[bank][n] != 0 && (slot < 0 || scores[n] > best)) {
            slot = n;
            best = scores[n];
        }
    }
    // The veto is free of scale: s > 0 and s*s * 2^k >= T * (z . z). Scores have 27 bits at most, energies 30.
    const ap_uint<64> square = ap_uint<64>(best * best) << C::VETO_SHIFT;
    const ap_uint<64> limit = threshold[bank] * energy;
    const bool accept = slot >= 0 && best > 0 && square >= limit;
    ap_int<32> label = -1;
    ap_uint<1> kept = keep[bank][CLASSES];
    if (accept) {
        label = class_id[bank][slot];
        kept = keep[bank][class_id[bank][slot]];
    }
    for (int n = 0; n < C::SLOTS; ++n) {
#pragma HLS unroll
        set_element(record, n, ap_int<32>(scores[n]));
    }
    set_element(record, C::SLOTS, label);
    set_element(record, C::SLOTS + 1, ap_int<32>(slot));
    set_element(record, C::SLOTS + 2, ap_int<32>(ap_uint<1>(accept)));
    set_element(record, C::SLOTS + 3, ap_int<32>(kept));
    out.write(record);
}

}  // namespace sf

#endif
