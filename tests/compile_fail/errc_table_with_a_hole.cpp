// expect: llmx: each errc has a row
#include <llmx/core/errc.hpp>
constexpr llmx::errc_column<int> exit_codes = {{{llmx::errc::invalid_request, 1}, {llmx::errc::internal, 2}}};
static_assert(llmx::covers_each_errc(exit_codes), "llmx: each errc has a row");
