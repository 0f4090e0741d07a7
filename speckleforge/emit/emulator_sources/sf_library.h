/* C interface of a generated execution on a CPU (emulator, HLS C simulation): the network's integers, bit for bit. */
#ifndef SF_LIBRARY_H
#define SF_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

typedef struct sf_execution sf_execution;

/* Text of the topology: nodes in order, with shapes and integer types. */
const char* sf_topology(void);

/* What sf_run gives, in order: a line with a name and the topology's node whose integers it holds. */
const char* sf_outputs(void);

/* Weight images carry this number in their second word; an image of another layout is refused. */
uint32_t sf_layout_id(void);

/* A network without weights; null where memory ends. */
sf_execution* sf_create(void);
void sf_destroy(sf_execution* network);

/* Loads a weight image. 0: loaded; else sf_error() says why, and the network has no weights any more. */
int sf_load(sf_execution* network, const uint8_t* image, size_t bytes);

/* What was wrong with the last call, in words. */
const char* sf_error(const sf_execution* network);

/*
 * Runs `patterns` frames of words [channels, rows, columns], 0 .. 2^bits - 1 each.
 * outputs[i], where not null, receives int32 [patterns, elements] of output i of sf_outputs().
 * 0: done; else sf_error() says why.
 */
int sf_run(sf_execution* network, const uint16_t* words, size_t patterns, int32_t* const* outputs);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
