// Egress: joins the head's decision with what is known of its frame, and decides to keep whatever cannot be trusted.
//
// A record is SLOTS + 4 beats of 32 bits: pulse id, image id, flags, {slot s16, class s16}, scores; TLAST with the last.
// Flags: 0 keep, 1 accept, 2 keep as the network decides, 3 prescaled, 4 bank, 8 not loaded, 10 short, 11 long, 13 error,
// 30:24 sequence number. Any of bits 3, 8, 10, 11 and 13 sets keep: it fails open.
#ifndef SF_EGRESS_H
#define SF_EGRESS_H

#include "ap_axi_sdata.h"
#include "sf_ingest.h"
#include "sf_loader.h"
#include "sf_stream.h"

namespace sf {

struct Counters {
    ap_uint<32> count_frames, count_kept, count_kept_fail_open, count_prescaled, count_short, count_long, count_errors;
    ap_uint<32> until_kept;  // records before the next prescaled one
    ap_uint<7> sequence;
};

template <class C>
void egress(hls::stream<ap_uint<32 * (C::SLOTS + 4)> >& decisions, hls::stream<Note>& notes, const Turn& turn,
            hls::stream<ap_axiu<32, 1, 1, 1> >& records, Counters& counters) {
    const ap_uint<32 * (C::SLOTS + 4)> decision = decisions.read();
    ap_uint<32> scores[C::SLOTS];  // the next one to leave comes first
#pragma HLS array_partition variable=scores complete dim=0
    for (int k = 0; k < C::SLOTS; ++k) {
#pragma HLS unroll
        scores[k] = element<ap_uint<32> >(decision, k);
    }
    const Note note = notes.read();
    const ap_uint<32> status = element<ap_uint<32> >(turn, TURN_STATUS);
    const ap_uint<32> prescale = element<ap_uint<32> >(turn, TURN_PRESCALE);
    const bool bank = status[STATUS_ACTIVE];
    const bool loaded = bank ? status[STATUS_LOADED + 1] : status[STATUS_LOADED];
    const ap_uint<32> image = element<ap_uint<32> >(turn, bank ? TURN_IMAGE_ID_1 : TURN_IMAGE_ID_0);
    const ap_int<32> label = element<ap_int<32> >(decision, C::SLOTS);
    const ap_int<32> slot = element<ap_int<32> >(decision, C::SLOTS + 1);
    const bool frame = note[35], is_short = note[32], is_long = note[33], error = note[34];
    const bool accept = element<ap_int<32> >(decision, C::SLOTS + 2) != 0;
    const bool network_keep = element<ap_int<32> >(decision, C::SLOTS + 3) != 0;
    const bool fail_open = !loaded || is_short || is_long || error;
    const bool prescaled = prescale != 0 && counters.until_kept == 0;
    const bool keep = network_keep || fail_open || prescaled;

    ap_uint<32> flags = 0;
    flags(0, 0) = ap_uint<1>(keep);
    flags(1, 1) = ap_uint<1>(accept);
    flags(2, 2) = ap_uint<1>(network_keep);
    flags(3, 3) = ap_uint<1>(prescaled);
    flags(4, 4) = ap_uint<1>(bank);
    flags(8, 8) = ap_uint<1>(!loaded);
    flags(10, 10) = ap_uint<1>(is_short);
    flags(11, 11) = ap_uint<1>(is_long);
    flags(13, 13) = ap_uint<1>(error);
    flags(30, 24) = counters.sequence;
    ap_uint<32> answer = 0;
    answer(15, 0) = label(15, 0);
    answer(31, 16) = slot(15, 0);

    if (frame) {
        counters.sequence += 1;
        if (prescale == 0) {
            counters.until_kept = 0;
        } else if (counters.until_kept == 0) {
            counters.until_kept = prescale - 1;
        } else {
            counters.until_kept -= 1;
        }
        counters.count_frames += 1;
        counters.count_kept += ap_uint<1>(keep);
        counters.count_kept_fail_open += ap_uint<1>(fail_open);
        counters.count_prescaled += ap_uint<1>(prescaled);
        counters.count_short += ap_uint<1>(is_short);
        counters.count_long += ap_uint<1>(is_long);
        counters.count_errors += ap_uint<1>(error);
    }
SF_LABEL(beats)
    for (int i = 0; i < C::SLOTS + 4; ++i) {
#pragma HLS pipeline II=1
        ap_axiu<32, 1, 1, 1> beat;
        if (i == 0) {
            beat.data = note(31, 0);
        } else if (i == 1) {
            beat.data = image;
        } else if (i == 2) {
            beat.data = flags;
        } else if (i == 3) {
            beat.data = answer;
        } else {
            beat.data = scores[0];
            for (int k = 0; k + 1 < C::SLOTS; ++k) {
#pragma HLS unroll
                scores[k] = scores[k + 1];
            }
        }
        beat.keep = 0xF;
        beat.strb = 0xF;
        beat.user = 0;
        beat.id = 0;
        beat.dest = 0;
        beat.last = ap_uint<1>(i == C::SLOTS + 3);
        if (frame) {
            records.write(beat);
        }
    }
}

}  // namespace sf

#endif
