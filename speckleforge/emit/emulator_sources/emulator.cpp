// The C interface around a generated network.
#include "sf_library.h"

#include <memory>
#include <new>
#include <string>

#include "network.h"

struct sf_execution {
    network::Layers layers{};
    network::Values values{};
    std::string error = "no weights loaded";
    bool loaded = false;
};

namespace {

int fail(sf_execution* network, const std::string& why) {
    network->error = why;
    return 1;
}

// Copies a frame; false where a word is not one of the input's type.
bool take_words(sf_execution* network, const std::uint16_t* words) {
    std::uint16_t largest = 0;
    for (std::size_t i = 0; i < network::WORDS; ++i) {
        largest = std::max(largest, words[i]);
        network->values.words[i] = static_cast<network::Word>(words[i]);
    }
    return largest <= network::LARGEST_WORD;
}

}  // namespace

const char* sf_topology(void) { return network::TOPOLOGY; }

const char* sf_outputs(void) { return network::OUTPUTS; }

uint32_t sf_layout_id(void) { return network::LAYOUT_ID; }

sf_execution* sf_create(void) { return new (std::nothrow) sf_execution; }

void sf_destroy(sf_execution* network) { delete network; }

const char* sf_error(const sf_execution* network) { return network->error.c_str(); }

int sf_load(sf_execution* network, const uint8_t* image, size_t bytes) {
    network->loaded = false;
    const std::string wrong = sf::check_image(image, bytes, network::LAYOUT_ID, network::PAYLOAD_BYTES);
    if (!wrong.empty()) {
        return fail(network, wrong);
    }
    sf::Reader reader(image + sf::HEADER_BYTES);
    network->layers.load(reader);
    if (!reader.error().empty()) {
        return fail(network, reader.error());
    }
    network->loaded = true;
    network->error.clear();
    return 0;
}

int sf_run(sf_execution* network, const uint16_t* words, size_t patterns, int32_t* const* outputs) {
    if (!network->loaded) {
        return fail(network, "no weights loaded");
    }
    for (std::size_t pattern = 0; pattern < patterns; ++pattern) {
        if (!take_words(network, words + pattern * network::WORDS)) {
            return fail(network, "pattern " + std::to_string(pattern) + ": a word exceeds the input's type");
        }
        network->layers.run(network->values);
        network::copy_out(network->values, pattern, outputs);
    }
    return 0;
}
