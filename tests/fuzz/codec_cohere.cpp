// SPDX-License-Identifier: BSL-1.0
// cohere_chat: what is decoded is encoded in all dialects, and each time JSON in UTF-8 that its reader
// accepts; streams give the same events however they are cut. See codec.hpp.
#include "codec.hpp"

LLMX_FUZZ_TARGET(in) { fuzz::check_codec<llmx::cohere_chat>(in); }
