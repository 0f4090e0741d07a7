// Host side of a simulation: loads weight images and sends frames to sf_network as a host would, and takes its records.
#ifndef SF_DRIVER_H
#define SF_DRIVER_H

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "sf_network.h"
#include "sf_turn.h"

namespace sf {

// One frame's result, as it leaves the block.
struct Record {
    std::uint32_t pulse_id, image_id, flags;
    std::int32_t label, slot;
    std::vector<std::int32_t> scores;
};

class Driver {
public:
    // Loads an image into a bank, in turns without frames, and makes that bank the active one. Gives the result in STATUS.
    int load(const std::vector<std::uint8_t>& image, int bank) {
        ask(image, bank);
        do {
            turn(control() | std::uint32_t{1} << CONTROL_SERVICE);
        } while (busy());
        return use();
    }

    // Begins a load beside the frames that come.
    void ask(const std::vector<std::uint8_t>& image, int bank) {
        std::fill(memory_.begin(), memory_.end(), ap_uint<32>(0));
        for (std::size_t i = 0; i < image.size() && i / 4 < memory_.size(); ++i) {
            memory_[i / 4](8 * (i % 4) + 7, 8 * (i % 4)) = ap_uint<8>(image[i]);
        }
        sequence_ = sequence_ % 0xFF + 1;  // 1 to 255: 0 asks for nothing
        target_ = bank;
    }

    bool busy() const { return ((registers_.status.to_uint64() >> STATUS_BUSY) & 1) != 0; }

    // Makes the bank of the last load the one of the frames that come. Gives the load's result.
    int use() {
        active_ = target_;
        return static_cast<int>((registers_.status.to_uint64() >> 4) & 7);
    }

    // A turn to which no frame comes.
    void idle() { turn(control()); }

    // As after a reset of the registers: settings that ask for nothing.
    void forget() { turn(0); }

    // One frame: words [channels, rows, columns]. `beats`: how many follow the header (fewer, or more, than a frame has).
    Record frame(const std::uint16_t* words, std::uint32_t pulse_id, int beats = Input::WORDS) {
        Beat beat = blank();
        beat.data(31, 0) = ap_uint<32>(pulse_id);
        beat.last = ap_uint<1>(beats == 0);
        frames_.write(beat);
        for (int i = 0; i < beats; ++i) {
            beat = blank();
            fill(beat, words, i % Input::WORDS);
            beat.last = ap_uint<1>(i == beats - 1);
            frames_.write(beat);
        }
        turn(control());
        return record();
    }

    // One frame as bytes of whole beats, header first.
    Record beats(const std::uint8_t* bytes, std::size_t count) {
        const std::size_t beat_bytes = Input::BEAT_BITS / 8, total = count / beat_bytes;
        for (std::size_t i = 0; i < total; ++i) {
            Beat beat = blank();
            for (std::size_t k = 0; k < beat_bytes; ++k) {
                const int at = static_cast<int>(8 * k);
                beat.data(at + 7, at) = ap_uint<8>(bytes[i * beat_bytes + k]);
            }
            beat.last = ap_uint<1>(i == total - 1);
            frames_.write(beat);
        }
        turn(control());
        return record();
    }

    // A bank that no frame uses, if there is one.
    int spare_bank() const { return (active_ + 1) % Image::BANKS; }

    void set_prescale(std::uint32_t prescale) { prescale_ = prescale; }

    const Registers& registers() const { return registers_; }

private:
    typedef ap_axiu<Input::BEAT_BITS, 1, 1, 1> Beat;

    static Beat blank() {
        Beat beat;
        beat.data = 0;
        beat.keep = -1;
        beat.strb = -1;
        beat.user = 0;
        beat.id = 0;
        beat.dest = 0;
        return beat;
    }

    static void fill(Beat& beat, const std::uint16_t* words, int index) {
        const int row = index / Input::ROW_WORDS, first = index % Input::ROW_WORDS * Input::LANES - Input::OFFSET;
        for (int lane = 0; lane < Input::LANES; ++lane) {
            const int column = first + lane;
            for (int c = 0; c < Input::CHANNELS && column >= 0 && column < Input::WIDTH; ++c) {
                const int at = (lane * Input::CHANNELS + c) * Input::BITS;
                beat.data(at + Input::BITS - 1, at) =
                    ap_uint<Input::BITS>(words[(c * Input::HEIGHT + row) * Input::WIDTH + column]);
            }
        }
    }

    std::uint32_t control() const {
        return sequence_ | static_cast<std::uint32_t>(target_) << CONTROL_BANK |
               static_cast<std::uint32_t>(active_) << CONTROL_ACTIVE;
    }

    void turn(std::uint32_t control) {
        run_turn(frames_, records_, memory_.data(), control, prescale_, registers_);
    }

    Record record() {
        std::vector<std::uint32_t> beats;
        for (bool last = false; !last;) {
            const ap_axiu<32, 1, 1, 1> beat = records_.read();
            beats.push_back(static_cast<std::uint32_t>(beat.data.to_uint64()));
            last = beat.last != 0;
        }
        if (beats.size() != 4 + SLOTS || !records_.empty()) {
            throw std::runtime_error("a record of " + std::to_string(beats.size()) + " beats");
        }
        Record record = {beats[0], beats[1], beats[2], 0, 0, {}};
        record.label = static_cast<std::int16_t>(beats[3] & 0xFFFF);
        record.slot = static_cast<std::int16_t>(beats[3] >> 16);
        record.scores.assign(beats.begin() + 4, beats.end());
        return record;
    }

    hls::stream<Beat> frames_;
    hls::stream<ap_axiu<32, 1, 1, 1> > records_;
    std::vector<ap_uint<32> > memory_ = std::vector<ap_uint<32> >(IMAGE_WORDS, ap_uint<32>(0));
    Registers registers_ = {};
    std::uint32_t sequence_ = 0;
    std::uint32_t prescale_ = 0;
    int active_ = 0;
    int target_ = 0;  // bank of the last load
};

}  // namespace sf

#endif
