// expect: llmx: <llmx/src.hpp> is for separate compilation
#include <llmx/src.hpp>
