// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/name_drops.hpp>
#include <llmx/gateway/detail/attempt_buffers.hpp>
#include <llmx/gateway/impl/upstream_brought.ipp>
#include <llmx/gateway/impl/upstream_members.ipp>
#include <llmx/gateway/impl/upstream_reply.ipp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/providers/request_edit.hpp>
#include <llmx/service/read_request.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/model_name.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The request of an attempt: the caller's bytes with another model, or a translation of them.

namespace llmx::inline LLMX_ABI::detail {

/// Model name for the provider: the deployment's, with each "*" replaced by what that of the group's name stands for in
/// the caller's. Valid as long as the report.
LLMX_DECL std::string_view name_upstream_model(const call& c) {
    const deployment& d = c.now.place();
    c.report.upstream_model = d.model;
    if (c.group != nullptr && c.group->wildcard && is_pattern(d.model)) {
        std::string& name = c.report.resolved_model;
        if (!c.group->pattern.empty()) {
            pattern_parts parts;
            name.clear();
            if (match_pattern(c.group->pattern, c.model, &parts)) append_filled(name, d.model, parts);
            else name = c.model;
            return c.report.upstream_model = name;
        }
        name.assign(d.model, 0, d.model.size() - 1);
        // A further name of the deployment has not the group's prefix.
        name += c.model.starts_with(c.group->name) ? c.model.substr(c.group->name.size()) : c.model;
        c.report.upstream_model = name;
    }
    return c.report.upstream_model;
}

/// Whether members without an equivalent at the provider are left out instead of refused.
LLMX_DECL [[nodiscard]] bool may_drop(const call& c) noexcept {
    return c.in.drop_params.value_or(c.now.target->drop_params.value_or(false));
}

LLMX_DECL [[nodiscard]] error no_equivalent(const provider_ops& ops, std::string lost) {
    error e(errc::unsupported_parameter, "provider '" + std::string(ops.name) + "' has no equivalent of '" + lost +
                                             "'; leave it out or set drop_params to have it dropped");
    e.with_param(std::move(lost));
    return e;
}

/// Fails when a member that matters was left out and may not be; names the members.
LLMX_DECL [[nodiscard]] result<void> report_drops(const provider_ops& ops, call& c, const any_message& request,
                                                  const drop_report& drops) {
    // A program that made the request itself uses the vocabulary's names.
    const codec_ops* const speaks = c.in.made_by_program() ? nullptr : c.in.codec;
    if (const request_place* first = drops.first_lost(); first != nullptr && !may_drop(c)) {
        if (c.now.target->allowed_members.empty())
            return no_equivalent(ops, speaks != nullptr ? speaks->caller_path(*first, request) : first->text());
        for (const auto& e : drops.entries()) {
            if (e.hint) continue;
            std::string place = speaks != nullptr ? speaks->caller_path(e.at, request) : e.at.text();
            if (!is_allowed_member(c, place)) return no_equivalent(ops, std::move(place));
        }
    }
    c.now.dropped = name_drops(drops, speaks, request);
    c.now.dropped.insert(c.now.dropped.end(), c.in.not_obeyed.begin(), c.in.not_obeyed.end());
    return success();
}

/// \p e, whose parameter an encoder named as the vocabulary does, as the caller wrote it.
LLMX_DECL [[nodiscard]] error in_callers_words(const call& c, const any_message& request, const drop_report& drops,
                                               error e) {
    if (c.in.made_by_program() || e.param().empty()) return e;
    if (drops.refused() == nullptr) return e.with_param(c.in.codec->caller_path(request_place().other(e.param()), request));
    std::string where = c.in.codec->caller_path(*drops.refused(), request);
    // The message begins with the place.
    std::string text = e.message();
    if (text.starts_with(e.param())) text.replace(0, e.param().size(), where);
    e.with_message(std::move(text));
    return e.with_param(std::move(where));
}

/// The provider's view of the attempt.
LLMX_DECL [[nodiscard]] outgoing outgoing_of(const call& c, const attempt_buffers& a, std::string_view model) noexcept {
    outgoing what(*a.codec);
    what.stream = c.in.stream;
    what.model = model;
    what.url_end = a.url_end;
    return what;
}

/// The caller's fields that are passed on to a provider of its language.
LLMX_DECL [[nodiscard]] std::span<const http_field> forwarded_fields(const call& c, const attempt_buffers& a) noexcept {
    if (a.codec != c.in.codec) return {};
    return std::span<const http_field>(c.in.forwarded).first(c.in.forwarded_count);
}

/// Makes a provider's edits of an encoder's text; members that they leave out are reported as the vocabulary
/// names them, like those that the encoder itself left out.
LLMX_DECL [[nodiscard]] result<void> edit_translated(const provider_ops& ops, const void* self, const call& c, std::string_view model,
                                                     attempt_buffers& a, drop_report& drops) {
    const outgoing what = outgoing_of(c, a, model);
    const member_spans unknown;
    request_edit e(c.now.place(), what, written_by::encoder, a.body, unknown, a.splices, drops);
    e.fields = forwarded_fields(c, a);
    return ops.edit(self, e);
}

/// The caller's bytes as they pass: with the deployment's default values where it has any.
LLMX_DECL [[nodiscard]] std::string_view passed_text(const call& c, const attempt_buffers& a) noexcept {
    return a.defaulted.empty() ? c.in.body : std::string_view(a.defaulted);
}
/// The places of its members, where they are known.
LLMX_DECL [[nodiscard]] const member_spans& passed_members(const call& c, const attempt_buffers& a) noexcept {
    static const member_spans unknown;
    return a.defaulted.empty() ? c.in.members : unknown;
}

/// Makes a provider's edits of the caller's own bytes, whose names the report then has. \p names_model whether the model is
/// to be written into them.
LLMX_DECL [[nodiscard]] result<void> edit_passed_through(const provider_ops& ops, const void* self, call& c, std::string_view model,
                                                         attempt_buffers& a, bool& names_model) {
    drop_report drops;
    const outgoing what = outgoing_of(c, a, model);
    request_edit e(c.now.place(), what, written_by::caller, passed_text(c, a), passed_members(c, a), a.splices, drops);
    e.fields = forwarded_fields(c, a);
    const result<void> edited = ops.edit(self, e);
    if (!edited) return edited;
    names_model = e.names_model;
    if (const request_place* first = drops.first_lost(); first != nullptr && !may_drop(c))
        for (const auto& lost : drops.entries())
            if (!lost.hint && !is_allowed_member(c, lost.at.text())) return no_equivalent(ops, lost.at.text());
    c.now.dropped = name_drops(drops, nullptr, c.in.canonical);
    c.now.dropped.insert(c.now.dropped.end(), c.in.not_obeyed.begin(), c.in.not_obeyed.end());
    return success();
}

/// How requests of the attempt are written.
LLMX_DECL [[nodiscard]] model_traits attempt_traits(const provider_ops& ops, const call& c, std::string_view model) {
    return ops.traits_for(c.now.place(), model, c.report.facts != nullptr ? &c.report.facts->traits : nullptr);
}

/// Whether the facts of a model decide on bytes that could pass. A server of its owner may have any model under a name of a known
/// family, and takes what that model takes.
LLMX_DECL [[nodiscard]] bool facts_decide(const provider_ops& ops, const model_facts& facts) noexcept {
    return facts.traits.known && (!facts.of_family || ops.facts.model_beginnings.begin() != ops.facts.model_beginnings.end());
}

/// Encodes \p request, which is the caller's in the vocabulary.
LLMX_DECL [[nodiscard]] result<void> write_translated(const provider_ops& ops, const void* self, call& c, std::string_view model,
                                                      attempt_buffers& a, const any_message& stated, bool pruned = false) {
    if (!pruned && !c.now.target->omitted_members.empty()) {
        std::vector<std::string> left_out;
        if (const std::optional<std::string> text = without_omitted(c, left_out)) {
            // The decoded form that the attempts share has all members.
            const std::size_t copies = 3 * text->size();
            if (!c.memory.grow(copies)) return no_memory_to("translate the request");
            const result<any_message> own = decode_instead(c, *text);
            const result<void> written = own ? write_translated(ops, self, c, model, a, *own, true) : result<void>(own.error());
            for (std::string& name : left_out) c.now.dropped.push_back(std::move(name));
            c.memory.shrink(copies);
            return written;
        }
    }
    any_message defaulted;
    if (has_defaults(c)) defaulted = with_defaults(c, stated);
    const any_message& request = defaulted.empty() ? stated : defaulted;
    // While the new body grows there are two of it.
    const std::size_t meanwhile = 2 * c.in.body.size();
    if (!c.memory.grow(meanwhile)) return no_memory_to("translate the request");
    encode_options options;
    options.model = model;
    options.traits = attempt_traits(ops, c, model);
    options.include_usage = c.in.stream && ops.may_ask_usage(c.now.place());
    options.stream = c.in.stream;
    drop_report drops;
    encoded_request out(a.body);
    if (const result<void> encoded = a.codec->encode_request(request, options, out, drops); !encoded) {
        // What was left out before may be why: the result of a call that the provider cannot express has no call.
        if (const result<void> allowed = report_drops(ops, c, request, drops); !allowed) return allowed;
        return in_callers_words(c, request, drops, encoded.error());
    }
    if (ops.edit != nullptr)
        if (const result<void> edited = edit_translated(ops, self, c, model, a, drops); !edited) return edited;
    c.memory.shrink(meanwhile);
    if (!c.memory.grow(a.body.capacity())) return no_memory_to("send the translated request");
    if (const result<void> allowed = report_drops(ops, c, request, drops); !allowed) return allowed;
    // A caller of the same language would get the usage that it did not request.
    a.hides_usage = c.in.stream && a.codec == c.in.codec && !c.in.answer.include_usage && a.codec->make_usage_watch != nullptr;
    c.now.how = std::move(out.how);
    a.content_type = std::move(out.content_type);
    a.url_end = std::move(out.url_end);
    a.splices.apply(a.body, a.request.body);
    if (has_member_lists(c)) return apply_member_lists(c, a, !has_callers_json(c) || !caller_uses_openai(c));
    return success();
}

/// Has the caller's bytes name \p model, where their form names one.
LLMX_DECL void splice_model(const call& c, std::string_view model, attempt_buffers& a) {
    const inbound& in = c.in;
    if (in.model_begin != in.model_end) {
        if (!a.codec->json_request) return a.splices.replace(in.model_begin, in.model_end, model);
        const std::string_view named = in.body.substr(in.model_begin, in.model_end - in.model_begin);
        // A name that needs escapes is written anew.
        const bool same = named.size() == model.size() + 2 && named.front() == '"' &&
                          named.substr(1, model.size()) == model && model.find_first_of("\\\"") == std::string_view::npos;
        if (!same) a.splices.replace_with_string(in.model_begin, in.model_end, model);
    } else if (a.codec->model_in_body && a.codec->json_request) {
        // The provider refuses a body that is not an object.
        const std::size_t object = in.body.find('{');
        if (object != std::string_view::npos) a.splices.insert_string(object, "model", model);
    } else if (in.cut_begin != in.cut_end) {
        a.splices.cut(in.cut_begin, in.cut_end);
    }
}

/// Takes the members that are for a gateway out of the caller's bytes.
LLMX_DECL [[nodiscard]] result<void> cut_gateway_members(const call& c, attempt_buffers& a) {
    return for_each_member(passed_text(c, a), passed_members(c, a), [&a](const json_member& m) {
        if (is_gateway_member(m)) return a.splices.remove(m);
        if (a.codec->language != "openai" || !m.named("metadata") || fits_metadata(m.value)) return;
        if (const std::string fit = fit_metadata(m.value); !fit.empty()) a.splices.replace(m.begin, m.end, fit);
        else a.splices.remove(m);
    });
}

LLMX_DECL [[nodiscard]] result<void> write_passed_through(const provider_ops& ops, const void* self, call& c,
                                                          std::string_view model, attempt_buffers& a) {
    if (!a.defaulted.empty() && !c.memory.grow(a.defaulted.size())) return no_memory_to("send the request");
    bool names_model = true;
    if (ops.edit != nullptr)
        if (const result<void> edited = edit_passed_through(ops, self, c, model, a, names_model); !edited) return edited;
    if (names_model) splice_model(c, model, a);
    if (c.in.has_gateway_members)
        if (const result<void> cut = cut_gateway_members(c, a); !cut) return cut;
    // So that limits, logs and metrics know the tokens.
    if (c.in.stream && a.codec->ask_usage != nullptr && ops.may_ask_usage(c.now.place()))
        a.hides_usage = a.codec->ask_usage(passed_text(c, a), passed_members(c, a), a.splices);
    a.splices.apply(passed_text(c, a), a.request.body);
    if (has_member_lists(c)) return apply_member_lists(c, a, true);
    return success();
}

/// Gives the caller's bytes, which may pass, the deployment's default values, or has them translated.
LLMX_DECL void settle_defaults(const provider_ops& ops, const call& c, std::string_view model, attempt_buffers& a) {
    encode_options options;
    options.traits = attempt_traits(ops, c, model);
    if (append_defaults(c, *a.codec, options, a.defaulted) == defaults_step::nested) a.same = false;
}

/// Writes the request of an attempt: as it came when `a.same`, else translated; or not yet (`later`)
/// when that would keep the event loop from other calls for too long, and `a.same` then states
/// whether the bytes may still pass. \p why it failed.
LLMX_DECL [[nodiscard]] attempt_step try_write(const provider_ops& ops, const void* self, call& c, std::string_view model,
                                               attempt_buffers& a, error& why) {
    const bool long_scan = c.in.body.size() > offload_scan_above;
    if (a.same && !long_scan && !c.in.known_to_pass) a.same = !a.codec->must_translate(c.in.body);
    if (a.same && !long_scan && has_defaults(c)) settle_defaults(ops, c, model, a);
    bool too_long = a.same ? long_scan : c.in.body.size() > offload_translation_above;
    if (!a.same && c.in.made_by_program()) too_long = a.codec->outweighs(c.in.canonical, offload_translation_above);
    if (too_long) return attempt_step::later;
    result<void> written = success();
    if (a.same) {
        written = write_passed_through(ops, self, c, model, a);
    } else {
        if (c.in.canonical.empty()) written = keep_request(c);
        if (written) written = write_translated(ops, self, c, model, a, c.in.canonical);
    }
    if (written) return attempt_step::done;
    why = written.error();
    return attempt_step::failed;
}

/// The work that `try_write` left to be done, for another thread.
LLMX_DECL class basic_request_writing final : public offloaded_work {
public:
    /// The request in the vocabulary is looked for on the event loop's thread, where other attempts may
    /// put it.
    basic_request_writing(const provider_ops& ops, const void* self, call& c, std::string_view model, attempt_buffers& a) noexcept
        : ops_(&ops), self_(self), call_(&c), kept_(c.in.canonical.empty() ? nullptr : &c.in.canonical), model_(model), attempt_(&a) {}
    result<void> written = success();

    std::size_t bytes() const noexcept override {
        if (!call_->in.made_by_program()) return call_->in.body.size();
        return attempt_->codec->outweighs(call_->in.canonical, offload_long_above) ? offload_long_above + 1
                                                                                  : offload_long_above;
    }
    void run() override {
        // A large request takes many times its size when decoded: it is decoded again by each
        // attempt, not kept while the provider's answer is awaited, and freed on this thread.
        call_->now.how.reset();
        if (attempt_->same && attempt_->defaulted.empty() && has_defaults(*call_)) settle_defaults(*ops_, *call_, model_, *attempt_);
        if (attempt_->same && (call_->in.known_to_pass || !attempt_->codec->must_translate(call_->in.body)))
            written = write_passed_through(*ops_, self_, *call_, model_, *attempt_);
        else if (kept_ != nullptr) written = write_translated(*ops_, self_, *call_, model_, *attempt_, *kept_);
        else written = decode_and_write();
    }

private:
    [[nodiscard]] result<void> decode_and_write() {
        // The JSON's tree is gone when the request is encoded.
        const std::size_t size = call_->in.body.size();
        if (!call_->memory.grow(2 * size)) return no_memory_to("translate the request");
        const result<any_message> decoded = decode_body(*call_);
        call_->memory.shrink(size);
        if (!decoded) return decoded.error();
        const result<void> translated = write_translated(*ops_, self_, *call_, model_, *attempt_, *decoded);
        call_->memory.shrink(size);
        return translated;
    }

    const provider_ops* ops_;
    const void* self_;
    call* call_;
    const any_message* kept_;
    std::string_view model_;
    attempt_buffers* attempt_;
};
using request_writing = LLMX_PLAIN(basic_request_writing);

LLMX_DECL boost::asio::awaitable<attempt_step> write_offloaded(const provider_ops& ops, const void* self, call& c,
                                                               std::string_view model, attempt_buffers& a, error& why) {
    LLMX_OF(request_writing) work(ops, self, c, model, a);
    result<void> went = co_await c.on->offload(work, c.stop);
    if (went) went = std::move(work.written);
    if (went) co_return attempt_step::done;
    why = went.error();
    co_return attempt_step::failed;
}

/// Chooses the form of an attempt's request: the caller's own when the provider has it.
LLMX_DECL [[nodiscard]] result<void> choose_codec(const provider_ops& ops, const call& c, std::string_view model,
                                                 attempt_buffers& a) {
    const codec_ops* const brought =
        c.in.forms != nullptr ? ops.form_for(c.in.forms, *c.in.operation, c.in.codec, c.now.place(), model) : nullptr;
    a.codec = brought != nullptr ? brought : ops.codec_for(*c.in.operation, c.in.codec, c.now.place(), model);
    if (a.codec == nullptr) {
        std::string text = "provider '" + std::string(ops.name) + "' of deployment '" + c.now.target->id + "' has no " +
                           std::string(c.in.operation->name);
        if (ops.codec_for(*c.in.operation, c.in.codec) != nullptr) ((text += " for model '") += model) += '\'';
        error e(errc::unsupported_operation, std::move(text));
        return e.with_provider(ops.name);
    }
    const bool has_bytes = !c.in.body.empty() || c.in.operation->answer == operation_info::answers::duplex;
    a.same = a.codec == c.in.codec && has_bytes && !c.in.must_translate;
    const bool looks = c.in.members.complete() || c.in.body.size() <= offload_scan_above;
    if (a.same && looks && a.codec->exceeds_model != nullptr && c.report.facts != nullptr && facts_decide(ops, *c.report.facts))
        a.same = !a.codec->exceeds_model(c.in.body, c.in.members, attempt_traits(ops, c, model));
    if (c.in.source != nullptr) {
        if (!a.same)
            return error(errc::unsupported_operation, "provider '" + std::string(ops.name) +
                                                          "' cannot take an upload that is still in progress; use a "
                                                          "deployment of a provider of the caller's language");
        a.request.source = c.in.source;
    }
    return success();
}

/// The first step of every attempt: the names of model and provider, the form of the request, the
/// caller's fields.
LLMX_DECL [[nodiscard]] attempt_step begin_attempt(const provider_ops& ops, call& c, attempt_buffers& a,
                                                   std::string_view& model, error& why) {
    model = name_upstream_model(c);
    c.report.provider = ops.name;
    c.now.sent.clear();
    if (c.in.brought != nullptr && c.now.own_place == nullptr)
        if (result<void> settled = settle_brought(ops, c); !settled) {
            why = settled.error();
            return attempt_step::failed;
        }
    c.report.facts = facts_of(c.now.place(), model);
    c.now.dropped = c.in.not_obeyed;
    // Those of an earlier attempt.
    c.memory.release();
    result<void> good = success();
    // A configured name was checked when the deployment was completed.
    if (model.data() == c.report.resolved_model.data()) {
        good = check_model_name(model);
        if (!good) c.report.upstream_model = std::string_view();
    }
    if (good) good = choose_codec(ops, c, model, a);
    if (good && model.data() == c.report.resolved_model.data() && !ops.form_prefix.empty() && model.starts_with(ops.form_prefix)) {
        c.report.resolved_model.erase(0, ops.form_prefix.size());
        model = c.report.upstream_model = c.report.resolved_model;
        c.report.facts = facts_of(c.now.place(), model);
    }
    if (!good) {
        why = good.error();
        return attempt_step::failed;
    }
    c.report.limits_count_cached = a.codec->limits_count_cached;
    a.request.to = &c.now.place().api_base.where;
    a.request.rules = c.now.place().connection;
    // A request that is written anew in its own language has them too.
    for (const http_field& f : forwarded_fields(c, a)) a.request.add_field(f.name, f.value);
    return attempt_step::done;
}

/// Whether a line of \p fields ("name: value\r\n" each) is of the field \p name.
LLMX_DECL [[nodiscard]] bool names_field(std::string_view fields, std::string_view name) noexcept {
    // Of what names are made of, only letters differ in this bit.
    constexpr auto folded = [](char c) { return static_cast<unsigned char>(c) | 0x20u; };
    while (fields.size() > name.size()) {
        std::size_t same = 0;
        while (same < name.size() && folded(fields[same]) == folded(name[same])) ++same;
        if (same == name.size() && fields[same] == ':') return true;
        const std::size_t end = fields.find('\n');
        if (end == std::string_view::npos) return false;
        fields.remove_prefix(end + 1);
    }
    return false;
}

/// Has the provider write the head of the request.
LLMX_DECL [[nodiscard]] attempt_step prepare(const provider_ops& ops, const void* self, const call& c,
                                             std::string_view model, attempt_buffers& a, error& why) {
    if (c.in.operation->answer != operation_info::answers::duplex) {
        std::string_view type = a.same ? c.in.content_type : std::string_view(a.content_type);
        if (type.empty()) a.request.fields += "content-type: application/json\r\n";
        else a.request.add_field("content-type", type);
    }
    const outgoing what = outgoing_of(c, a, model);
    if (const result<void> prepared = ops.prepare(self, c.now.place(), what, a.request); !prepared) {
        why = leaving(ops, c, prepared.error());
        return attempt_step::failed;
    }
    const std::size_t own = a.request.fields.size();
    for (std::size_t i = 0; i != c.in.relayed_count; ++i) {
        const http_field& f = c.in.relayed[i];
        if (!names_field(std::string_view(a.request.fields).substr(0, own), f.name)) a.request.add_field(f.name, f.value);
    }
    if (!c.now.place().added_fields.empty()) {
        static const header_fields none(header_fields::direction::deployment);
        write_header_fields(c.now.place().added_fields, none, a.request.fields);
    }
    // Before `authorize`: a signature is made of what is sent.
    if (!c.upstream_fields.empty() || !c.now.upstream_fields.empty())
        write_header_fields(c.upstream_fields, c.now.upstream_fields, a.request.fields);
    // Networks in front of some vendors refuse requests that name no client (RFC 9110 section 10.1.5).
    if (!names_field(a.request.fields, "user-agent")) a.request.fields += "user-agent: llmx/" LLMX_VERSION_STRING "\r\n";
    return attempt_step::done;
}

} // namespace llmx::inline LLMX_ABI::detail
