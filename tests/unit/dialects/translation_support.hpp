// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/mistral/chat.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

/// \file
/// Requests and streams of one language as another one has them.

namespace translation_test {

/// A request of one language, as the text of a client, in another.
class request {
public:
    template <class From, class To>
    [[nodiscard]] static request of(std::string_view body, const llmx::model_traits& traits = llmx::model_traits()) {
        llmx::request_target target;
        target.model = "m";
        const auto decoded = From::decode_request(body, target);
        if (decoded.has_error()) throw llmx::call_failed(decoded.error());
        return of<To>(*decoded, traits);
    }
    template <class To>
    [[nodiscard]] static request of(const llmx::chat_request& asked, const llmx::model_traits& traits = llmx::model_traits()) {
        llmx::encode_options options;
        options.traits = traits;
        llmx::drop_report drops;
        std::string out;
        request r;
        if (const auto done = To::encode_request(asked, options, out, drops); done.has_error()) throw llmx::call_failed(done.error());
        r.tree_ = boost::json::parse(out);
        for (const auto& e : drops.entries()) {
            if (!r.drops_.empty()) r.drops_ += ' ';
            r.drops_ += e.at.text() + (e.hint ? "?" : "!");
        }
        return r;
    }
    /// The value at a JSON pointer; null when there is none.
    [[nodiscard]] const boost::json::value& at(std::string_view pointer) const {
        boost::system::error_code ec;
        const boost::json::value* const v = tree_.find_pointer(pointer, ec);
        static const boost::json::value absent;
        return v == nullptr ? absent : *v;
    }
    /// A string, or the JSON text of another value.
    [[nodiscard]] std::string text(std::string_view pointer) const {
        const boost::json::value& v = at(pointer);
        return v.is_string() ? std::string(v.as_string()) : boost::json::serialize(v);
    }
    /// What is left out: "tools[0]? stop[4]!", where "!" is a loss and "?" a hint.
    [[nodiscard]] const std::string& drops() const noexcept { return drops_; }

private:
    boost::json::value tree_;
    std::string drops_;
};

/// The stream of \p To for a stream of \p From.
template <class From, class To> [[nodiscard]] std::string stream(std::string_view bytes, std::string_view id = "r1") {
    typename From::stream_decoder in;
    llmx::reply_options options;
    options.id = id;
    options.model = "m";
    options.include_usage = true;
    typename To::stream_encoder out(options);
    llmx::event_batch events;
    std::string sent;
    const auto fed = in.feed(bytes, events);
    BOOST_REQUIRE_MESSAGE(fed.has_value(), (fed.has_error() ? fed.error().message() : std::string()));
    BOOST_REQUIRE(in.finish(events).has_value());
    for (const llmx::chat_event& e : events.events()) out.encode(e, sent);
    out.finish(sent);
    return sent;
}

} // namespace translation_test
