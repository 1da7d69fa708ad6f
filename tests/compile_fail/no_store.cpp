// expect: llmx: this version has no store
#define LLMX_WITH_SQLITE
#include <llmx/config.hpp>
