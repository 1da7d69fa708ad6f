// expect: llmx: <llmx/src.hpp> is for separate compilation
// plain
#include <llmx/src.hpp>
