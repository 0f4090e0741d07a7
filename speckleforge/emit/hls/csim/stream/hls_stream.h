// A stand-in for the HLS tool's hls_stream.h, for C simulation with a plain compiler: an unbounded queue.
// Reading from an empty stream ends the program: what a real one would wait for, nobody will ever write.
#ifndef SF_HLS_STREAM_H
#define SF_HLS_STREAM_H

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>

namespace hls {

template <class T>
class stream {
public:
    stream() : name_("") {}
    explicit stream(const char* name) : name_(name) {}
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;

    bool empty() const { return words_.empty(); }
    bool full() const { return false; }
    std::size_t size() const { return words_.size(); }

    T read() {
        if (words_.empty()) {
            std::fprintf(stderr, "ERROR: stream '%s' is read while it is empty\n", name_);
            std::abort();
        }
        const T word = words_.front();
        words_.pop_front();
        return word;
    }

    void read(T& word) { word = read(); }

    // Takes a word if there is one.
    bool read_nb(T& word) {
        if (words_.empty()) {
            return false;
        }
        word = read();
        return true;
    }

    void write(const T& word) { words_.push_back(word); }

private:
    const char* name_;
    std::deque<T> words_;
};

}  // namespace hls

#endif
