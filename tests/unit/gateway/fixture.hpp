// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/breaker.hpp>
#include <llmx/policies/fallback.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace gateway_test {

using namespace llmx;
using providers = registry<openai, anthropic, gemini, mock>;

inline deployment make(std::string id, std::string group, std::string provider, std::string model) {
    deployment d;
    d.id = std::move(id);
    d.model_group = std::move(group);
    d.provider = std::move(provider);
    d.model = std::move(model);
    d.key = secret("sk-upstream");
    return d;
}

inline std::shared_ptr<const topology> world_of(std::vector<deployment> ds) {
    for (auto& d : ds) {
        auto completed = providers::complete(d);
        if (completed.has_error()) throw call_failed(completed.error());
    }
    return topology::make(std::move(ds)).value();
}

inline const std::string openai_reply =
    R"({"id":"c1","object":"chat.completion","created":7,"model":"gpt-x","choices":[{"index":0,"message":{"role":"assistant",)"
    R"("content":"Hello","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":3,)"
    R"("completion_tokens":5,"total_tokens":8}})";

/// An OpenAI stream of "Hel" and "lo", in three pieces: role, content, end.
inline const std::vector<std::string> openai_stream = {
    R"(data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[{"index":0,)"
    R"("delta":{"role":"assistant","content":""},"finish_reason":null}]})"
    "\n\n",
    R"(data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]})"
    "\n\n"
    R"(data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]})"
    "\n\n",
    R"(data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
    "\n\n"
    R"(data: {"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-x","choices":[],"usage":{"prompt_tokens":3,)"
    R"("completion_tokens":5,"total_tokens":8}})"
    "\n\ndata: [DONE]\n\n"};

/// A program without a network and without time of its own.
struct world {
    testing::scripted_transport network;
    testing::manual_runtime runtime{network};
    call_context context;

    world() {
        network.use_clock(runtime.clock());
        context.started = runtime.now();
    }
    testing::scripted_reply& streams(std::size_t pieces = openai_stream.size()) {
        auto& r = network.reply(200);
        r.field("content-type", "text/event-stream");
        for (std::size_t i = 0; i < pieces; ++i) r.piece(openai_stream[i]);
        return r;
    }
};

} // namespace gateway_test
