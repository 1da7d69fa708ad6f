// SPDX-License-Identifier: BSL-1.0
// ollama_chat and ollama_generate: what is decoded is encoded in all dialects, and each time JSON in UTF-8 that its reader
// accepts; streams give the same events however they are cut. See codec.hpp.
#include "codec.hpp"

#include <llmx/dialects/ollama/generate.hpp>

LLMX_FUZZ_TARGET(in) {
    fuzz::check_codec<llmx::ollama_chat>(in);
    fuzz::check_codec<llmx::ollama_generate>(in);
}
