// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/deployment.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/model_traits.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/result.hpp>
#include <llmx/dialects/dialect.hpp>
#include <llmx/wire/http_message.hpp>

#include <concepts>
#include <span>
#include <string_view>

namespace llmx::inline v0 {

/// What one attempt asks of a provider.
struct outgoing {
    operation op = operation::chat;
    bool stream = false;
    /// Provider's name of the model.
    std::string_view model;
};

/// What a program needs to know to configure a vendor, all as data.
struct provider_facts {
    /// Base URL when a deployment names none; empty: it must name one.
    std::string_view default_base;
    /// Environment variables that hold the key and the base URL.
    std::string_view key_env;
    std::string_view base_env;
    /// Whether the vendor demands a key.
    bool needs_key = true;
    model_traits traits;
};

/// A vendor: a dialect, an endpoint, credentials and quirks.
///
/// `prepare` writes target and fields (credentials included) of a request whose body
/// is already there; `classify` turns an answer with an error status into a typed
/// error. Both are const, do no I/O and may be called from several threads. A provider
/// of one's own needs a name, a dialect, facts and these two.
template <class P>
concept provider = std::copy_constructible<P> &&
                   requires(const P& p, const deployment& d, const outgoing& what, http_request& out, int status,
                            std::span<const http_field> fields, std::string_view body) {
                       { P::name } -> std::convertible_to<std::string_view>;
                       requires chat_dialect<typename P::dialect>;
                       { P::facts } -> std::convertible_to<provider_facts>;
                       { p.prepare(d, what, out) } -> std::same_as<result<void>>;
                       { p.classify(status, fields, body) } -> std::same_as<error>;
                   };

} // namespace llmx::inline v0
