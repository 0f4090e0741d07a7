// dense: y[o] = requantise(b[o] + sum over i of w[o][i] * x[i], shift[o]).
//
// Shapes:   words of LANES columns of CHANNELS channels in (a vector is one channel, one row); UNROLL_REQUANTISE outputs a
//           word out. Features are used up as they arrive; a flatten before is only an order of weights.
// Folding:  UNROLL_IN features of a word by UNROLL_OUT outputs in a cycle.
// Cycles:   STEPS of a frame, then ROUNDS for the outputs, and the depth of both pipelines.
#ifndef SF_DENSE_H
#define SF_DENSE_H

#include "sf_dots.h"
#include "sf_features.h"
#include "sf_load.h"
#include "sf_requantise.h"

namespace sf {

// Where the next weight goes: a phase is a part of a word and a group of outputs.
template <class C>
struct WeightPlace {
    typedef FeaturePlace<C> Features;
    static const int PARTS = (C::LANES * C::CHANNELS + C::UNROLL_IN - 1) / C::UNROLL_IN;  // of a word
    static const int GROUPS = (C::UNITS + C::UNROLL_OUT - 1) / C::UNROLL_OUT;
    static const int PHASES = Features::WORDS * PARTS * GROUPS;

    Features feature;
    typename Index<C::UNROLL_OUT>::type unit;  // in its group
    typename Index<GROUPS>::type group;

    void start() {
#pragma HLS inline
        feature.start();
        unit = 0;
        group = 0;
    }

    int phase() const {
#pragma HLS inline
        const Divided<C::UNROLL_IN, PARTS> place(feature.in_word());
        return (feature.word() * PARTS + place.quotient) * GROUPS + group;
    }

    int column() const {
#pragma HLS inline
        const Divided<C::UNROLL_IN, PARTS> place(feature.in_word());
        return unit * C::UNROLL_IN + place.rest;
    }

    void next() {
#pragma HLS inline
        if (feature.next()) {
            if (unit == C::UNROLL_OUT - 1) {
                unit = 0;
                group += 1;
            } else {
                unit += 1;
            }
        }
    }
};

template <class C>
void dense(hls::stream<ap_uint<C::IN_WORD> >& in, hls::stream<ap_uint<C::OUT_WORD> >& out,
           hls::stream<Message>& parameters) {
    typedef typename Integer<C::BITS, C::SIGNED>::type In;
    typedef typename Integer<C::OUT_BITS, C::OUT_SIGNED>::type Out;
    typedef ap_int<C::WEIGHT_BITS> Weight;
    typedef ap_int<C::BIAS_BITS> Bias;
    typedef ap_uint<C::SHIFT_BITS> Shift;
    typedef ap_int<C::ACC_BITS> Acc;
    typedef WeightPlace<C> Place;
    const int PHASES = Place::PHASES, PARTS = Place::PARTS, GROUPS = Place::GROUPS;
    const int ROUNDS = (C::UNITS + C::UNROLL_REQUANTISE - 1) / C::UNROLL_REQUANTISE;
    const int OUTPUTS = GROUPS * C::UNROLL_OUT;  // those that fill the last group counted
    const int ROUND = ROUNDS * C::UNROLL_REQUANTISE;
    const int DRAINED = OUTPUTS > ROUND ? OUTPUTS : ROUND;

    static Weight weight[C::BANKS * PHASES][C::UNROLL_OUT * C::UNROLL_IN];
    static Bias bias[C::BANKS][C::UNITS];
    static Shift shift[C::BANKS][C::UNITS];
#pragma HLS array_partition variable=weight complete dim=2
#pragma HLS array_partition variable=bias complete dim=0
#pragma HLS array_partition variable=shift complete dim=0
    static Place place;                           // of the next weight
    static typename Index<C::UNITS>::type unit;  // of the next bias or shift

    const int bank = load_linear<C::BANKS>(parameters, weight, bias, shift, place, unit);

    Acc sums[DRAINED];  // they go round: those of the group of a step come first
    In features[PARTS * C::UNROLL_IN];
#pragma HLS array_partition variable=sums complete dim=0
#pragma HLS array_partition variable=features complete dim=0
    for (int o = 0; o < DRAINED; ++o) {
#pragma HLS unroll
        sums[o] = o < C::UNITS ? Acc(bias[bank][o % C::UNITS]) : Acc(0);
    }
    typename Index<FeaturePlace<C>::ROW_WORDS>::type word = 0;  // in its row
    typename Index<PARTS>::type part = 0;
    typename Index<GROUPS>::type group = 0;
SF_LABEL(frame)
    for (int step = 0; step < PHASES; ++step) {
#pragma HLS pipeline II=1
        if (part == 0 && group == 0) {
            word_features<C>(in.read(), word, features);
            if (word == FeaturePlace<C>::ROW_WORDS - 1) {
                word = 0;
            } else {
                word += 1;
            }
        }
        // Outputs are the vectors, features the shared factors: two outputs may share a multiplier.
        Weight w[C::UNROLL_OUT][C::UNROLL_IN];
        In x[C::UNROLL_IN];
        Acc totals[C::UNROLL_OUT];
#pragma HLS array_partition variable=w complete dim=0
#pragma HLS array_partition variable=x complete dim=0
#pragma HLS array_partition variable=totals complete dim=0
        for (int i = 0; i < C::UNROLL_IN; ++i) {
#pragma HLS unroll
            x[i] = features[part * C::UNROLL_IN + i];
        }
        for (int o = 0; o < C::UNROLL_OUT; ++o) {
#pragma HLS unroll
            totals[o] = sums[o];
            for (int i = 0; i < C::UNROLL_IN; ++i) {
#pragma HLS unroll
                w[o][i] = weight[bank * PHASES + step][o * C::UNROLL_IN + i];
            }
        }
        Dots<2 * C::DSP2>::add(w, x, totals);
        for (int o = 0; o < OUTPUTS; ++o) {
#pragma HLS unroll
            sums[o] = o + C::UNROLL_OUT < OUTPUTS ? sums[(o + C::UNROLL_OUT) % OUTPUTS]
                                                  : totals[o % C::UNROLL_OUT];
        }
        if (group != GROUPS - 1) {
            group += 1;
        } else {
            group = 0;
            if (part == PARTS - 1) {
                part = 0;
            } else {
                part += 1;
            }
        }
    }
SF_LABEL(drain)
    for (int round = 0; round < ROUNDS; ++round) {
#pragma HLS pipeline II=1
        ap_uint<C::OUT_WORD> outputs = 0;
        for (int i = 0; i < C::UNROLL_REQUANTISE; ++i) {
#pragma HLS unroll
            const int o = round * C::UNROLL_REQUANTISE + i;
            if (o < C::UNITS) {
                const Out y = requantise<C::OUT_BITS, C::OUT_SIGNED>(sums[i], shift[bank][o]);
                set_element(outputs, i, y);
            }
        }
        for (int o = 0; o + C::UNROLL_REQUANTISE < DRAINED; ++o) {
#pragma HLS unroll
            sums[o] = sums[o + C::UNROLL_REQUANTISE];
        }
        out.write(outputs);
    }
}

}  // namespace sf

#endif
