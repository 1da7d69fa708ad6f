// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/drop_report.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/member_spans.hpp>
#include <llmx/wire/splice_list.hpp>

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The author of the members of a request's top level: its caller, or the encoder of the provider's language.
enum class written_by : std::uint8_t { caller, encoder };

/// The body of one attempt's request, in the form that the provider takes, and the edits that it is sent with.
///
/// The body is either the caller's own bytes, which pass otherwise, or the text of an encoder. Views and
/// references: all that it points to is valid until the request has been sent.
struct request_edit {
    request_edit(const deployment& target, const outgoing& request, written_by wrote, std::string_view text,
                 const member_spans& spans, splice_list& collected, drop_report& left_out) noexcept
        : to(&target), what(&request), author(wrote), body(text), members(&spans), edits(&collected), drops(&left_out) {}

    const deployment* to;
    const outgoing* what;
    written_by author;
    std::string_view body;
    /// Where the members of the top level of `body` are; when it is not complete, `for_each_member` scans the body.
    const member_spans* members;
    /// Fields of the caller's request that are passed on with it (`anthropic-version`); none when it was translated from another
    /// language.
    std::span<const http_field> fields;
    /// To be added to.
    splice_list* edits;
    /// Members that an edit leaves out, to be added to: at the place in the vocabulary for `written_by::encoder`, under the
    /// member's own name for `written_by::caller`.
    drop_report* drops;
    /// Set to false by a provider whose bodies do not name the model: the gateway then does not write the name into the
    /// caller's bytes, and the provider removes the member that they or an encoder have.
    bool names_model = true;
};

/// A provider that changes bodies in its own languages: `result<void> edit(request_edit&) const`.
///
/// It is called for each attempt, for bytes that pass and for translated requests; it adds splices to `edits`
/// and does no I/O. It may be called from several threads. Large bodies are edited on another thread.
template <class P>
concept editing_provider = provider<P> && requires(const P& p, request_edit& e) {
    { p.edit(e) } -> std::same_as<result<void>>;
};

namespace detail {

/// Whether \p P has a member called `edit`, which then must satisfy the concept.
template <class P>
concept names_edit = requires { &P::edit; };

} // namespace detail
} // namespace llmx::inline LLMX_ABI
