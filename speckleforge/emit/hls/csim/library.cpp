// The C simulation of sf_network behind a C interface: that of the emulator, and what passes at each boundary.
//
// The block's state is that of its functions, as in hardware: a process has one of them, whatever sf_create is called.
#include <cstdint>
#include <exception>
#include <string>
#include <vector>

#include "sf_driver.h"
#include "sf_library.h"
#include "sf_tap.h"

struct sf_execution {
    sf::Driver driver;
    std::string error = "no weights loaded";
    bool loaded = false;
};

namespace {

int fail(sf_execution* network, const std::string& why) {
    network->error = why;
    return 1;
}

void run(sf_execution* network, const std::uint16_t* words, std::size_t patterns, std::int32_t* const* outputs) {
    const std::vector<sf::Boundary>& boundaries = sf::boundaries();
    const std::size_t frame = boundaries.front().elements;
    sf::tap_sinks().assign(boundaries.size(), nullptr);
    for (std::size_t pattern = 0; pattern < patterns; ++pattern) {
        for (std::size_t i = 0; i < boundaries.size(); ++i) {
            sf::tap_sinks()[i] = outputs[i] == nullptr ? nullptr : outputs[i] + pattern * boundaries[i].elements;
        }
        network->driver.frame(words + pattern * frame, static_cast<std::uint32_t>(pattern));
    }
}

}  // namespace

const char* sf_topology(void) { return sf::TOPOLOGY; }

const char* sf_outputs(void) {
    static std::string text;
    text.clear();
    for (const sf::Boundary& boundary : sf::boundaries()) {
        text += boundary.name + " " + boundary.node + "\n";
    }
    return text.c_str();
}

uint32_t sf_layout_id(void) { return sf::Image::LAYOUT_ID; }

sf_execution* sf_create(void) { return new sf_execution; }

void sf_destroy(sf_execution* network) { delete network; }

const char* sf_error(const sf_execution* network) { return network->error.c_str(); }

int sf_load(sf_execution* network, const uint8_t* image, size_t bytes) {
    network->loaded = false;
    if (bytes > 4 * static_cast<std::size_t>(sf::IMAGE_WORDS)) {
        return fail(network, "weight image: wrong length");
    }
    const int result = network->driver.load(std::vector<std::uint8_t>(image, image + bytes), network->driver.spare_bank());
    if (result != sf::GOOD) {
        return fail(network, result == sf::WRONG_CRC ? "weight image: damaged (CRC)" : "weight image: image of another layout");
    }
    network->loaded = true;
    return 0;
}

int sf_run(sf_execution* network, const uint16_t* words, size_t patterns, int32_t* const* outputs) {
    if (!network->loaded) {
        return fail(network, "no weights loaded");
    }
    int code = 0;
    try {
        run(network, words, patterns, outputs);
    } catch (const std::exception& error) {
        code = fail(network, error.what());
    }
    sf::tap_sinks().clear();  // loading an image sends frames too, when the caller's arrays may be gone
    return code;
}
