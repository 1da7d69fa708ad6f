// SPDX-License-Identifier: BSL-1.0
// A policy of one's own that adds a header field to what goes to the provider and one to the answer, for
// calls of the program and of clients alike.
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/anthropic.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

struct team_header {
    team_header() = default;
    static constexpr llmx::stage_position position = llmx::at(llmx::stage::transform);
    std::string team = "search";

    template <class Next> class layer;
};

// Outside of its policy's class: there it can have a member of the policy's type.
template <class Next> class team_header::layer : public llmx::deciding_layer<team_header::layer<Next>, Next> {
public:
    struct memory {};
    layer(const team_header& policy, std::shared_ptr<const llmx::topology>, Next next)
        : llmx::deciding_layer<layer, Next>(std::move(next)), policy_(policy) {}
    [[nodiscard]] llmx::result<void> before(llmx::call& c, memory&) {
        if (auto set = c.report.reply_fields.set("x-billed-to", policy_.team); !set) return set;
        return c.upstream_fields.set("x-team", policy_.team);
    }

private:
    team_header policy_;
};
static_assert(llmx::policy<team_header>);

int main() {
    using providers = llmx::registry<llmx::anthropic>;
    llmx::deployment d;
    d.id = d.model_group = "model";
    d.provider = "anthropic";
    d.model = "claude-sonnet-4-5";
    d.key = llmx::secret("sk-example");
    using gateway = llmx::gateway<providers, team_header, llmx::weighted, llmx::retry, llmx::timeout>;
    gateway::policies_type policies;
    std::get<team_header>(policies).team = "payments";
    gateway models(providers::make_topology({d}).value(), policies);

    llmx::testing::scripted_transport network;
    network.reply(200, R"({"id":"1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"Hello"}],)"
                       R"("stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":1}})");
    llmx::testing::manual_runtime runtime(network);
    llmx::call_context context;
    const llmx::chat_request request("model", "hi");
    const auto reply = llmx::testing::run(models.chat(runtime, context, request));
    if (reply.has_error()) {
        std::cerr << reply.error().message() << '\n';
        return 1;
    }
    const bool sent = network.requests().at(0).fields.find("x-team: payments\r\n") != std::string::npos;
    const std::string* const answered = context.report.reply_fields.find("x-billed-to");
    std::cout << "the provider was sent x-team: " << (sent ? "payments" : "nothing") << '\n'
              << "the answer has x-billed-to: " << (answered != nullptr ? *answered : "nothing") << '\n';

    // What would break the request or leak into another host is refused.
    const auto wrong = context.report.reply_fields.set("content-length", "3");
    std::cout << wrong.error().message() << '\n';
    return sent && answered != nullptr && *answered == "payments" ? 0 : 1;
}
