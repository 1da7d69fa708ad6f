// expect: llmx: this version has no store
// plain
#define LLMX_WITH_SQLITE
#include <llmx/config.hpp>
