// Ingest: beats of an AXI4-Stream to the words of one frame, whole whatever comes, and a note on the frame.
//
// A frame is a beat whose low 32 bits are the pulse id, then WORDS beats with a word each, TLAST with the last; TUSER with
// TLAST says that the link found the frame broken. What is missing is padded with zeros, what is too much is dropped; both
// are flagged. An empty turn sends a frame of zeros, of which no record comes: with `service`, and where no frame has come
// for IDLE_CYCLES, so that a host's settings are looked at without frames too.
#ifndef SF_INGEST_H
#define SF_INGEST_H

#include "ap_axi_sdata.h"
#include "sf_stream.h"

namespace sf {

// 31:0 pulse id, 32 short, 33 long, 34 error, 35 a frame (0: an empty turn).
typedef ap_uint<36> Note;

template <class C>
void ingest(hls::stream<ap_axiu<C::BEAT_BITS, 1, 1, 1> >& frames, ap_uint<1> service,
            hls::stream<ap_uint<C::WORD_BITS> >& words, hls::stream<Note>& notes) {
    typedef ap_axiu<C::BEAT_BITS, 1, 1, 1> Beat;
    Note note = 0;
    bool frame = false;
    bool last = true;
    bool is_short = false;
    bool error = false;
    const int patience = service != 0 ? 0 : C::IDLE_CYCLES;
SF_LABEL(wait)
    for (int i = 0; i < patience && !frame; ++i) {
#pragma HLS loop_tripcount min=1 max=1
#pragma HLS pipeline II=1
        Beat header;
        frame = frames.read_nb(header);
        if (frame) {
            note(31, 0) = header.data(31, 0);
            last = header.last != 0;
            error = last && header.user != 0;
        }
    }
SF_LABEL(words)
    for (int i = 0; i < C::WORDS; ++i) {
#pragma HLS pipeline II=1
        ap_uint<C::WORD_BITS> word = 0;
        if (!last) {
            const Beat beat = frames.read();
            word(C::WORD_BITS - 1, 0) = beat.data(C::WORD_BITS - 1, 0);
            last = beat.last != 0;
            error = last && beat.user != 0;
        } else {
            is_short = true;
        }
        words.write(word);
    }
    const bool is_long = !last;
SF_LABEL(rest)
    while (!last) {
#pragma HLS loop_tripcount min=0 max=0
#pragma HLS pipeline II=1
        const Beat beat = frames.read();
        last = beat.last != 0;
        error = last && beat.user != 0;
    }
    note(32, 32) = ap_uint<1>(is_short);
    note(33, 33) = ap_uint<1>(is_long);
    note(34, 34) = ap_uint<1>(error);
    note(35, 35) = ap_uint<1>(frame);
    notes.write(note);
}

}  // namespace sf

#endif
