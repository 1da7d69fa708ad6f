// expect: llmx: a guardrail's before_call is
// names: check_guardrail<no_secrets>
#include <llmx/guard/guardrail.hpp>
struct no_secrets : llmx::guardrail<no_secrets> {
    std::string_view name() const noexcept override { return "no_secrets"; }
    boost::asio::awaitable<llmx::result<void>> before_call(llmx::call&, llmx::chat_request) { co_return llmx::success(); }
};
const llmx::guardrail_needs needs = no_secrets().needs();
