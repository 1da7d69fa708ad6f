// SPDX-License-Identifier: BSL-1.0
// A client with options: retries, time limits, the pool's sizes and certificate authorities, a provider with state.
#include <llmx/gateway/blocking_client.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/transport/tls_client.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>

/// An OpenAI-compatible vendor that is asked in the name of a tenant that the program gives.
struct acme {
    static constexpr std::string_view name = "acme";
    using codecs = llmx::codec_list<llmx::openai_chat>;
    static constexpr llmx::provider_facts facts = {
        .default_base = "http://127.0.0.1:9", .key_env = "ACME_KEY", .base_env = "ACME_BASE", .needs_key = false, .traits = {}};
    std::string tenant;

    llmx::result<void> prepare(const llmx::deployment& d, const llmx::outgoing&, llmx::http_request& out) const {
        out.target = d.api_base.path + "/chat/completions";
        out.add_field("x-tenant", tenant);
        if (!d.key.empty()) out.add_field("authorization", "Bearer " + std::string(d.key.reveal()));
        return llmx::success();
    }
    llmx::error classify(int status, std::span<const llmx::http_field> fields, std::string_view body) const {
        return llmx::classify_http(name, status, fields, llmx::openai_chat::decode_error(body));
    }
};

int main() {
    // Values of policies take the place of the defaults; the others stay.
    llmx::timeout limits;
    limits.total = std::chrono::seconds(20);
    llmx::blocking_client patient(llmx::mock(), "echo", llmx::retry(5), limits);
    std::cout << patient.chat("five retries, 20 s")->text() << '\n';

    // A deadline and the report of one call.
    llmx::call_context context;
    context.deadline = llmx::clock::now() + std::chrono::seconds(5);
    const auto reply = patient.chat(context, llmx::chat_request(patient.model(), "five seconds"));
    std::cout << reply->text() << ": " << context.report.tokens.output_tokens << " tokens\n";

    // Connections: few of them, and certificate authorities of one's own.
    llmx::http_pool_options pool;
    pool.max_per_host = 8;
#if !defined(LLMX_NO_TLS)
    pool.tls = std::make_shared<llmx::tls_client>(); // its options name files of authorities
#endif
    acme vendor;
    vendor.tenant = "the-reading-room";
    llmx::blocking_client<acme> own("some-model", vendor, pool, llmx::retry(0));
    const auto answer = own.chat("Hello");
    if (answer) {
        std::cout << answer->text() << '\n';
        return 0;
    }
    // Nothing listens on that port, unless ACME_BASE names another.
    std::cout << "acme: " << answer.error().message() << '\n';
    return answer.error().is(llmx::condition::transport) ? 0 : 1;
}
