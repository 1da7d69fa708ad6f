// SPDX-License-Identifier: BSL-1.0
// A vendor of your own: an OpenAI-compatible server with its own path and key header.
#include <llmx/gateway/blocking_client.hpp>
#include <llmx/providers/openai.hpp>

#include <iostream>

struct my_vendor {
    static constexpr std::string_view name = "my_vendor";
    using codecs = llmx::codec_list<llmx::openai_chat>;
    static constexpr llmx::provider_facts facts = {
        .default_base = "http://127.0.0.1:9", .key_env = "MY_VENDOR_KEY", .base_env = "MY_VENDOR_BASE",
        .needs_key = false, .traits = {}};

    llmx::result<void> prepare(const llmx::deployment& d, const llmx::outgoing&, llmx::http_request& out) const {
        out.target = d.api_base.path + "/generate/chat";
        if (!d.key.empty()) out.add_field("x-my-key", d.key.reveal());
        return llmx::success();
    }
    llmx::error classify(int status, std::span<const llmx::http_field> fields, std::string_view body) const {
        return llmx::classify_http(name, status, fields, llmx::openai_chat::decode_error(body));
    }
};
static_assert(llmx::provider<my_vendor>);

int main() {
    llmx::blocking_client<my_vendor> ai("my-model");
    const auto reply = ai.chat("Hello");
    if (reply.has_value()) {
        std::cout << reply->text() << '\n';
        return 0;
    }
    // Without a server on that port the call fails, and the example prints the failure: that is
    // its output when it is run without a change.
    std::cout << "my_vendor: " << reply.error().message() << '\n';
    return reply.error().is(llmx::condition::transport) ? 0 : 1;
}
