// Test bench of sf_network for C simulation and co-simulation: golden vectors in, every boundary and every record compared.
//
// Argument: a folder with weights.bin (a weight image) and vectors/<node>.npy, as a build makes them. Optional: how many of
// its patterns. Ends with 0 only if something was compared and nothing differs. In co-simulation the block is the
// tool's RTL, whose boundaries cannot be seen: there the records alone are compared.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sf_driver.h"
#include "sf_npy.h"
#include "sf_tap.h"

namespace {

const int SHOWN = 10;  // differences told one by one

struct Comparison {
    long compared = 0;
    long different = 0;

    void compare(const std::string& where, std::size_t pattern, std::size_t element, std::int64_t expected, std::int64_t got) {
        ++compared;
        if (expected == got) {
            return;
        }
        if (++different <= SHOWN) {
            std::printf("MISMATCH %s, pattern %zu, element %zu: expected %lld, got %lld\n", where.c_str(), pattern, element,
                        static_cast<long long>(expected), static_cast<long long>(got));
        }
    }
};

// Golden vectors by node, read once.
class Vectors {
public:
    explicit Vectors(const std::string& folder) : folder_(folder) {}

    const std::vector<std::int64_t>& of(const std::string& node) {
        std::unique_ptr<std::vector<std::int64_t> >& found = known_[node];
        if (!found) {
            found.reset(new std::vector<std::int64_t>(sf::read_npy(folder_ + "/vectors/" + node + ".npy")));
        }
        return *found;
    }

private:
    std::string folder_;
    std::map<std::string, std::unique_ptr<std::vector<std::int64_t> > > known_;
};

// The record against the head's golden vector: scores, class, slot, accept, keep.
void compare_record(Comparison& all, const sf::Record& record, const std::int64_t* expected, std::size_t pattern) {
    for (std::size_t n = 0; n < record.scores.size(); ++n) {
        all.compare("record, score", pattern, n, expected[n], record.scores[n]);
    }
    const std::int64_t* decision = expected + record.scores.size();
    all.compare("record, class", pattern, 0, decision[0], record.label);
    all.compare("record, slot", pattern, 0, decision[1], record.slot);
    all.compare("record, accept", pattern, 0, decision[2], (record.flags >> 1) & 1);
    all.compare("record, keep", pattern, 0, decision[3], record.flags & 1);
    all.compare("record, pulse id", pattern, 0, static_cast<std::int64_t>(pattern), record.pulse_id);
    all.compare("record, flags of a broken frame", pattern, 0, 0, (record.flags >> 8) & 0x3F);
}

int run(const std::string& folder, std::size_t limit) {
    Vectors vectors(folder);
    sf::Driver driver;
    const int result = driver.load(sf::read_bytes(folder + "/weights.bin"), driver.spare_bank());
    if (result != sf::GOOD) {
        std::printf("ERROR: the weight image was refused: %s\n", result == sf::WRONG_CRC ? "wrong CRC" : "another layout");
        return 1;
    }
    const std::vector<sf::Boundary>& boundaries = sf::boundaries();
    std::vector<std::vector<std::int32_t> > seen;
    sf::tap_sinks().assign(boundaries.size(), nullptr);
    for (std::size_t i = 0; i < boundaries.size(); ++i) {
        seen.push_back(std::vector<std::int32_t>(boundaries[i].elements, -1));
    }
    for (std::size_t i = 0; i < boundaries.size(); ++i) {
        sf::tap_sinks()[i] = seen[i].data();
    }
    const std::vector<std::int64_t>& input = vectors.of(boundaries.front().node);
    const std::size_t frame = boundaries.front().elements, patterns = input.size() / frame;
    const std::size_t count = limit != 0 && limit < patterns ? limit : patterns;
    Comparison all;
    for (std::size_t pattern = 0; pattern < count; ++pattern) {
        std::vector<std::uint16_t> words(input.begin() + static_cast<std::ptrdiff_t>(pattern * frame),
                                         input.begin() + static_cast<std::ptrdiff_t>((pattern + 1) * frame));
        sf::taps_seen() = 0;
        const sf::Record record = driver.frame(words.data(), static_cast<std::uint32_t>(pattern));
        const bool tapped = sf::taps_seen() == boundaries.size();
        for (std::size_t i = 0; i < boundaries.size() && tapped; ++i) {
            const std::vector<std::int64_t>& golden = vectors.of(boundaries[i].node);
            for (std::size_t k = 0; k < boundaries[i].elements; ++k) {
                all.compare(boundaries[i].name, pattern, k, golden[pattern * boundaries[i].elements + k], seen[i][k]);
            }
        }
        const std::vector<std::int64_t>& head = vectors.of(boundaries.back().node);
        compare_record(all, record, head.data() + pattern * boundaries.back().elements, pattern);
    }
    std::printf("speckleforge: %zu patterns, %ld elements compared, %ld different, %zu boundaries seen\n", count,
                all.compared, all.different, sf::taps_seen());
    return all.compared > 0 && all.different == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::printf("usage: sf_bench FOLDER [PATTERNS]\n");
        return 2;
    }
    try {
        return run(argv[1], argc > 2 ? static_cast<std::size_t>(std::atoi(argv[2])) : 0);
    } catch (const std::exception& error) {
        std::printf("ERROR: %s\n", error.what());
        return 1;
    }
}
