// expect: llmx: result<error> could not distinguish its value from a failure
#include <llmx/core/result.hpp>
llmx::result<llmx::error> last_failure() { return llmx::error(llmx::errc::shed); }
