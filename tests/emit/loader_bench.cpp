// Loads images through sf_feed and sf_loader, ends many of them early by the next start, and compares every write.
//
//   usage: bench SEED IMAGES; prints: images begun, good, refused, with a wrong CRC, restarted, elements written.
//   Ends with 1 at a difference.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "Vloader_top.h"
#include "verilated.h"

constexpr std::array<int, 3> ELEMENTS{5, 8, 6}, SIZE{1, 2, 4};
constexpr std::array<bool, 3> SIGNED{true, true, false};
constexpr std::uint32_t MAGIC = 0x31574653, LAYOUT = 0x11223344, PAYLOAD = 45;

struct Element {
    int segment;
    bool first;
    std::uint32_t value;
};

struct Image {
    bool bank, right_layout, right_crc;
    std::uint32_t id;
    std::vector<std::uint8_t> bytes;
    std::vector<Element> elements;
};

std::uint32_t crc32(const std::vector<std::uint8_t>& bytes) {
    std::uint32_t crc = ~0u;
    for (std::uint8_t byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

void put(Image& image, std::uint32_t word, int size = 4) {
    for (int byte = 0; byte < size; ++byte) image.bytes.push_back(std::uint8_t(word >> 8 * byte));
}

Image random_image(std::mt19937_64& random) {
    Image image{random() % 2 == 0, random() % 8 != 0, random() % 8 != 0, std::uint32_t(random()), {}, {}};
    put(image, MAGIC);
    put(image, LAYOUT ^ (image.right_layout ? 0 : 1));
    put(image, image.id);
    put(image, PAYLOAD);
    for (int segment = 0; segment < 3; ++segment) {
        for (int i = 0; i < ELEMENTS[segment]; ++i) {
            const int shift = 32 - 8 * SIZE[segment];
            const std::uint32_t raw = std::uint32_t(random()) >> shift;
            const std::uint32_t value = SIGNED[segment] ? std::uint32_t(std::int32_t(raw << shift) >> shift) : raw;
            put(image, raw, SIZE[segment]);
            image.elements.push_back({segment, i == 0, value});
        }
    }
    put(image, crc32(image.bytes) ^ (image.right_crc ? 0 : 4));
    while (image.bytes.size() % 4) image.bytes.push_back(0);
    return image;
}

class Bench {
  public:
    explicit Bench(int seed) : random(seed) {
        context.randReset(2);
        context.randSeed(seed + 1);
        top = std::make_unique<Vloader_top>(&context, "top");
        top->start = 0;  // inputs are random too
        top->word_valid = 0;
        top->rst = 1;
        for (int i = 0; i < 4; ++i) tick();
        top->rst = 0;
        while (!top->start_ready) tick();  // the load at start-up, of an empty boot memory, is refused
        looking = true;
    }

    void load(const Image& next, bool whole) {
        top->start = 1;
        top->start_bank = next.bank;
        ++begun;
        tick();
        top->start = 0;
        pending = &next;
        const std::size_t words = next.bytes.size() / 4, sent = whole ? words : random() % (words + 1);
        for (std::size_t i = 0; i < sent; ++i) {
            top->word = 0;
            for (int byte = 0; byte < 4; ++byte) top->word |= std::uint32_t(next.bytes[4 * i + byte]) << 8 * byte;
            top->word_valid = 1;
            top->eval();
            while (!top->word_ready) tick();
            tick();
            top->word_valid = 0;
            for (int pause = int(random() % 3); pause > 0; --pause) tick();
        }
        if (!whole) ++restarted;
        for (int wait = whole ? 60 : int(random() % 30); wait > 0; --wait) tick();
        if (whole && ended != (next.right_layout ? next.right_crc ? 1 : 3 : 2)) fail("it did not end as it should");
    }

    long begun = 0, good = 0, refused = 0, wrong = 0, restarted = 0, written = 0;

  private:
    [[noreturn]] void fail(const char* what) {
        std::printf("image %ld, element %zu: %s\n", begun, at, what);
        std::exit(1);
    }

    void tick() {
        top->clk = 0;
        top->eval();
        if (looking) look();
        top->clk = 1;
        top->eval();
    }

    // From the cycle behind its start on, everything that comes must be of the new image.
    void look() {
        if (top->begin_writing) {
            if (!now || writes || top->par_bank != now->bank || !now->right_layout) fail("writing begins unasked");
            writes = true;
        }
        if (top->par_valid) write();
        if (top->good) end(1, good, "good");
        if (top->bad_layout) end(2, refused, "refused");
        if (top->bad_crc) end(3, wrong, "a wrong CRC");
        if (top->out_start) {
            now = pending;
            at = 0;
            ended = 0;
            writes = false;
        }
    }

    void write() {
        if (!now || !writes || at >= now->elements.size()) fail("a write that belongs to no image");
        const Element& want = now->elements[at++];
        if (top->par_valid != 1 << want.segment || top->par_first != want.first || top->par_data != want.value)
            fail("another element");
        if (top->par_bank != now->bank) fail("a write to the other bank");
        ++written;
    }

    void end(int how, long& count, const char* what) {
        const bool all = now && at == (now->right_layout ? now->elements.size() : 0);
        if (!now || ended || !all || (how == 1 && top->image_id != now->id) || top->par_bank != now->bank) fail(what);
        ended = how;
        ++count;
    }

    VerilatedContext context;
    std::unique_ptr<Vloader_top> top;
    std::mt19937_64 random;
    const Image *pending = nullptr, *now = nullptr;
    std::size_t at = 0;
    int ended = 0;
    bool writes = false, looking = false;
};

int main(int, char** argv) {
    const int seed = std::atoi(argv[1]), images = std::atoi(argv[2]);
    std::mt19937_64 random(seed);
    std::vector<Image> all;
    for (int i = 0; i < images; ++i) all.push_back(random_image(random));
    Bench bench(seed);
    for (const Image& image : all) bench.load(image, random() % 3 == 0);
    std::printf("%ld %ld %ld %ld %ld %ld\n", bench.begun, bench.good, bench.refused, bench.wrong, bench.restarted, bench.written);
    return 0;
}
