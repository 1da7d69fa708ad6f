// expect: llmx: a result holds an object: use a pointer instead of a reference
#include <llmx/core/result.hpp>
#include <string>
llmx::result<std::string&> find(std::string& s) { return llmx::result<std::string&>(s); }
