// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/embeddings.hpp>
#include <llmx/dialects/openai/embeddings.hpp>

#include <boost/json/parse.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace embeddings_test {

inline boost::json::value json(std::string_view text) {
    return boost::json::parse(boost::json::string_view(text.data(), text.size()));
}

inline llmx::request_target target(std::string_view model = "m") {
    llmx::request_target t;
    t.model = model;
    return t;
}

template <class D>
std::string encode(const llmx::embedding_request& request, llmx::drop_report& drops, std::string_view model = {}) {
    llmx::encode_options options;
    options.model = model;
    std::string out;
    D::encode_request(request, options, out, drops).value();
    return out;
}

template <class D> std::string encode(const llmx::embedding_request& request, std::string_view model = {}) {
    llmx::drop_report drops;
    return encode<D>(request, drops, model);
}

template <class D> std::string encode(const llmx::embedding_reply& reply, bool base64 = false) {
    llmx::reply_options options;
    options.model = "routed";
    options.base64 = base64;
    std::string out;
    D::encode_reply(reply, options, out);
    return out;
}

/// Why \p D does not encode \p request; what was there before it stays.
template <class D> llmx::error refusal(const llmx::embedding_request& request, llmx::drop_report& drops) {
    std::string out = "before";
    const auto done = D::encode_request(request, llmx::encode_options(), out, drops);
    return done.has_error() && out == "before" ? done.error() : llmx::error(llmx::errc::internal, "was written: " + out);
}

/// The drops, joined; hints in brackets.
inline std::string dropped(const llmx::drop_report& drops) {
    std::string out;
    for (const auto& e : drops.entries()) {
        if (!out.empty()) out += ' ';
        out += e.hint ? "(" + e.at.text() + ")" : e.at.text();
    }
    return out;
}

/// Requests and replies that a codec can express, from a seed.
class generator {
public:
    explicit generator(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    bool chance(std::size_t one_in) { return below(one_in) == 0; }

    std::string text() {
        static constexpr std::string_view pieces[] = {"a",    "Z",  " ",        "\"",           "\\",
                                                      "\n",   "\t", "\x01",     "/",            "models/",
                                                      "null", "[",  "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
        std::string out = "t";
        for (std::size_t n = below(8); n > 0; --n) out += pieces[below(std::size(pieces))];
        return out;
    }
    std::string word() {
        std::string out;
        for (std::size_t n = 1 + below(12); n > 0; --n) out += static_cast<char>('a' + below(26));
        return out;
    }
    /// Any finite float, denormals and both zeros among them.
    float number() {
        for (;;) {
            auto bits = static_cast<std::uint32_t>(random_());
            if (chance(4)) bits &= 0x807FFFFFu;
            if (chance(16)) bits &= 0x80000000u;
            const float f = std::bit_cast<float>(bits);
            if (std::isfinite(f)) return f;
        }
    }
    void add_extra(llmx::extra_members& to, std::string_view dialect, std::string_view prefix = {}) {
        static constexpr std::string_view samples[] = {"1", "true", "\"s\"", R"({"a":[1,{}]})", "[]"};
        if (!chance(3)) return;
        for (std::size_t n = 1 + below(2), i = 0; i < n; ++i)
            to.add(dialect, std::string(prefix) + "x" + word() + std::to_string(i),
                   std::string(samples[below(std::size(samples))]));
    }

    llmx::embedding_request openai_request() {
        llmx::embedding_request r;
        r.model = word();
        const bool tokens = chance(3);
        for (std::size_t n = 1 + below(4); n > 0; --n) {
            llmx::embedding_input& one = r.inputs.emplace_back();
            if (!tokens) one.text = text();
            else for (std::size_t k = 1 + below(5); k > 0; --k) one.tokens.push_back(static_cast<std::uint32_t>(random_()));
        }
        if (chance(2)) r.dimensions = static_cast<std::int64_t>(1 + below(4096));
        if (chance(2)) r.encoding = chance(2) ? llmx::embedding_encoding::base64 : llmx::embedding_encoding::floats;
        if (chance(3)) r.user = word();
        add_extra(r.extra, llmx::openai_embeddings::name);
        return r;
    }

    /// \p most: inputs of the request.
    llmx::embedding_request gemini_request(std::string_view dialect, std::size_t most) {
        llmx::embedding_request r;
        r.model = word();
        for (std::size_t n = 1 + below(most); n > 0; --n) {
            llmx::embedding_input& one = r.inputs.emplace_back(text());
            if (chance(5)) one.extra.add(dialect, "content.parts", R"([{"inlineData":{"mimeType":"image/png","data":"AA=="}}])");
            if (chance(4)) add_extra(one.extra, dialect, "content.");
            if (chance(4)) add_extra(one.extra, dialect, "embedContentConfig.");
            add_extra(one.extra, dialect);
        }
        if (chance(2)) r.task_type = "RETRIEVAL_DOCUMENT";
        if (chance(2)) r.dimensions = 256;
        if (r.inputs.size() > 1 && chance(2))
            for (std::size_t i = 0; i < r.inputs.size(); ++i) r.inputs[i].title = "title " + std::to_string(i);
        else if (chance(2)) r.title = text();
        return r;
    }

    /// \p most: vectors of the reply.
    llmx::embedding_reply reply(std::string_view dialect, std::size_t most) {
        llmx::embedding_reply r;
        const std::size_t length = below(40);
        for (std::size_t n = 1 + below(most), i = 0; i < n; ++i) {
            std::vector<float> values;
            for (std::size_t k = 0; k < length; ++k) values.push_back(number());
            add_extra(r.vectors.emplace_back(i, std::move(values)).extra, dialect);
        }
        if (chance(2)) r.usage.input_tokens = static_cast<std::int64_t>(1 + below(100000));
        add_extra(r.extra, dialect);
        return r;
    }

private:
    std::mt19937_64 random_;
};

/// The same to the last bit, with the sign of zero.
inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i])) return false;
    return true;
}
inline bool same_bits(const llmx::embedding_reply& a, const llmx::embedding_reply& b) {
    if (a != b) return false;
    for (std::size_t i = 0; i < a.vectors.size(); ++i)
        if (!same_bits(a.vectors[i].values, b.vectors[i].values)) return false;
    return true;
}

} // namespace embeddings_test
