// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/embeddings.hpp>
#include <llmx/dialects/bedrock/impl/invoke_extra.ipp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto bedrock_embedding_fields = fields_of<embedding_request>(
    by_hand<&embedding_request::model>("modelId"), by_hand<&embedding_request::inputs>("inputText"),
    by_hand<&embedding_request::dimensions>("dimensions"), by_hand<&embedding_request::encoding>(""), hint<&embedding_request::user>(),
    by_hand<&embedding_request::task_type>("input_type"), hint<&embedding_request::title>(), by_hand<&embedding_request::extra>(""));
static_assert(accounts_for_all<embedding_request>(bedrock_embedding_fields));

inline constexpr auto bedrock_embedding_input_fields = fields_of<embedding_input>(
    by_hand<&embedding_input::text>("inputText"), by_hand<&embedding_input::tokens>(""), by_hand<&embedding_input::task_type>("input_type"),
    hint<&embedding_input::title>(), by_hand<&embedding_input::dimensions>("dimensions"), by_hand<&embedding_input::extra>(""));
static_assert(accounts_for_all<embedding_input>(bedrock_embedding_input_fields));

enum class bedrock_embedder : std::uint8_t { titan, titan_v2, titan_image, nova, cohere };

/// By the model's id, also in an ARN or behind a region.
LLMX_DECL [[nodiscard]] bedrock_embedder bedrock_embedder_of(std::string_view model) noexcept {
    const auto has = [model](std::string_view word) { return model.find(word) != std::string_view::npos; };
    if (has("cohere.")) return bedrock_embedder::cohere;
    if (has("nova-")) return bedrock_embedder::nova;
    if (has("titan-embed-image")) return bedrock_embedder::titan_image;
    return has("titan-embed-text-v2") ? bedrock_embedder::titan_v2 : bedrock_embedder::titan;
}

/// Google's task types under Cohere's and Nova's names.
struct bedrock_task {
    std::string_view task, cohere, nova;
};
inline constexpr std::array<bedrock_task, 5> bedrock_tasks = {{{"RETRIEVAL_DOCUMENT", "search_document", "GENERIC_INDEX"},
                                                               {"RETRIEVAL_QUERY", "search_query", "GENERIC_RETRIEVAL"},
                                                               {"QUESTION_ANSWERING", "search_query", "TEXT_RETRIEVAL"},
                                                               {"CLASSIFICATION", "classification", "CLASSIFICATION"},
                                                               {"CLUSTERING", "clustering", "CLUSTERING"}}};

/// Writes a request in the form of one vendor.
class bedrock_embedding_writer {
public:
    bedrock_embedding_writer(const embedding_request& request, bedrock_embedder kind, drop_report& drops, std::string& out)
        : request_(request), own_(request.extra, bedrock_embeddings::name), kind_(kind), drops_(drops), w_(out) {}

    LLMX_DECL result<void> run() {
        if (const result<void> good = check(); !good) return good;
        report_fields(&request_, bedrock_embedding_fields.view(), request_place(), drops_);
        for (std::size_t i = 0; i < request_.inputs.size(); ++i) report_input(i);
        const std::optional<std::int64_t> length = request_.dimensions ? request_.dimensions : request_.inputs.front().dimensions;
        w_.object();
        switch (kind_) {
        case bedrock_embedder::titan:
            w_.member("inputText", request_.inputs.front().text);
            if (length) drops_.lost(request_place().of<&embedding_request::dimensions>());
            break;
        case bedrock_embedder::titan_v2:
            w_.member("inputText", request_.inputs.front().text);
            if (length) w_.member("dimensions", *length);
            own_.write(w_, "normalize");
            break;
        case bedrock_embedder::titan_image:
            w_.member("inputText", request_.inputs.front().text);
            if (length) w_.key("embeddingConfig").object().member("outputEmbeddingLength", *length).end_object();
            break;
        case bedrock_embedder::nova: write_nova(length); break;
        case bedrock_embedder::cohere: write_cohere(length); break;
        }
        own_.write_rest(w_);
        own_.report(drops_, bedrock_embeddings::name);
        w_.end_object();
        return success();
    }

private:
    [[nodiscard]] static request_place input(std::size_t i) { return request_place().of<&embedding_request::inputs>().item(i); }

    LLMX_DECL [[nodiscard]] result<void> check() {
        const request_place all = request_place().of<&embedding_request::inputs>();
        if (request_.inputs.empty()) return drops_.refuse(all, "expected at least one input");
        for (std::size_t i = 0; i < request_.inputs.size(); ++i)
            if (request_.inputs[i].is_tokens())
                return drops_.refuse(input(i), "expected text, since Bedrock's models take no token ids", errc::unsupported_parameter);
        const std::size_t most = kind_ == bedrock_embedder::cohere ? bedrock_embeddings::most_texts : 1;
        if (request_.inputs.size() <= most) return success();
        return drops_.refuse(input(most),
                             most == 1 ? std::string_view("the model takes one input in a request; send each in a request of its own")
                                       : std::string_view("the model takes 96 inputs in a request; send the others in another one"),
                             errc::unsupported_parameter);
    }

    void report_input(std::size_t i) {
        const embedding_input& one = request_.inputs[i];
        report_fields(&one, bedrock_embedding_input_fields.view(), input(i), drops_);
        drops_.foreign(one.extra, std::string_view(), input(i));
        if (i != 0 && one.dimensions && one.dimensions != request_.inputs.front().dimensions)
            drops_.lost(input(i).of<&embedding_input::dimensions>());
        const bool alone = kind_ == bedrock_embedder::titan || kind_ == bedrock_embedder::titan_v2 || kind_ == bedrock_embedder::titan_image;
        if (!one.task_type.empty() && (alone || (i != 0 && one.task_type != request_.inputs.front().task_type)))
            drops_.hint(input(i).of<&embedding_input::task_type>());
        if (i == 0 && alone && !request_.task_type.empty()) drops_.hint(request_place().of<&embedding_request::task_type>());
    }

    /// The word for the purpose of the vectors.
    template <auto Word> [[nodiscard]] std::string_view purpose() {
        const std::string& task = request_.task_type.empty() ? request_.inputs.front().task_type : request_.task_type;
        for (const bedrock_task& t : bedrock_tasks)
            if (t.task == task) return t.*Word;
        if (!task.empty()) drops_.hint(request_place().of<&embedding_request::task_type>());
        return bedrock_tasks.front().*Word;
    }

    void write_nova(std::optional<std::int64_t> length) {
        w_.member("taskType", "SINGLE_EMBEDDING").key("singleEmbeddingParams").object();
        if (!own_.write(w_, "embeddingPurpose")) w_.member("embeddingPurpose", purpose<&bedrock_task::nova>());
        if (length) w_.member("embeddingDimension", *length);
        w_.key("text").object();
        if (!own_.write(w_, "truncationMode")) w_.member("truncationMode", "END");
        w_.member("value", request_.inputs.front().text).end_object().end_object();
    }

    void write_cohere(std::optional<std::int64_t> length) {
        w_.key("texts").array();
        for (const embedding_input& one : request_.inputs) w_.value(one.text);
        w_.end_array();
        if (!own_.write(w_, "input_type")) w_.member("input_type", purpose<&bedrock_task::cohere>());
        own_.write(w_, "truncate");
        if (length) w_.member("output_dimension", *length);
    }

    const embedding_request& request_;
    bedrock_invoke_extra own_;
    bedrock_embedder kind_;
    drop_report& drops_;
    json_writer w_;
};

LLMX_DECL [[nodiscard]] result<void> bedrock_add_vector(std::string_view numbers, embedding_reply& to) {
    embedding_vector& one = to.vectors.emplace_back();
    one.index = to.vectors.size() - 1;
    if (read_float_array(numbers, one.values)) return success();
    return error(errc::bad_response, "embedding " + std::to_string(one.index) + " is not a list of numbers");
}

/// A list of vectors, or of objects that have one each.
LLMX_DECL [[nodiscard]] result<void> bedrock_add_vectors(std::string_view list, embedding_reply& to) {
    return scan_json_elements(list, [&to](const json_member& e) -> result<void> {
        if (!e.value.starts_with('{')) return bedrock_add_vector(e.value, to);
        std::string_view numbers;
        const result<void> read = scan_json_members(e.value, [&numbers](const json_member& m) {
            if (m.named("embedding")) numbers = m.value;
        });
        return read ? bedrock_add_vector(numbers, to) : read;
    });
}

} // namespace detail

LLMX_DECL result<embedding_request> bedrock_embeddings::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root(), one = in["inputText"], several = in["texts"], nova = in["singleEmbeddingParams"],
                      text = nova["text"], value = text["value"], config = in["embeddingConfig"];
    embedding_request r;
    r.model = target.model;
    if (several) {
        several.each([&r](const json_cursor& e, std::size_t) { e.read(r.inputs.emplace_back().text); });
    } else {
        const json_cursor& input = one ? one : value;
        input.required();
        input.read(r.inputs.emplace_back().text);
    }
    for (const json_cursor& length : {in["dimensions"], in["output_dimension"], config["outputEmbeddingLength"], nova["embeddingDimension"]})
        if (!r.dimensions) length.read_count(r.dimensions);
    const std::string_view purpose = in["input_type"].string_or(nova["embeddingPurpose"].string_or());
    for (const detail::bedrock_task& t : detail::bedrock_tasks)
        if (r.task_type.empty() && (t.cohere == purpose || t.nova == purpose)) r.task_type = t.task;
    if (const result<void> read = document.status(); !read) return read.error();
    return r;
}

LLMX_DECL result<void> bedrock_embeddings::encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                                          drop_report& drops) {
    const std::size_t begin = out.size();
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    result<void> done = detail::bedrock_embedding_writer(request, detail::bedrock_embedder_of(model), drops, out).run();
    if (!done) out.resize(begin);
    return done;
}

LLMX_DECL std::string bedrock_embeddings::caller_path(const request_place& at, const embedding_request&) {
    static constexpr std::array<std::span<const field_rule>, 2> tables = {detail::bedrock_embedding_fields.view(),
                                                                          detail::bedrock_embedding_input_fields.view()};
    return detail::wire_path(at, tables);
}

LLMX_DECL result<embedding_reply> bedrock_embeddings::decode_reply(std::string_view body) {
    embedding_reply r;
    std::string_view one, many;
    const result<void> scanned = scan_json_members(body, [&](const json_member& m) {
        if (m.named("embedding")) one = m.value;
        else if (m.named("embeddings")) many = m.value;
        else if (m.named("inputTextTokenCount")) r.usage.input_tokens = json_count(m.value).value_or(0);
    });
    if (!scanned) return error(errc::bad_response, scanned.error().message());
    // Where several types were requested, each has a list.
    if (many.starts_with('{')) {
        const std::string_view types = many;
        many = std::string_view();
        static_cast<void>(scan_json_members(types, [&many](const json_member& m) {
            if (m.named("float")) many = m.value;
        }));
    }
    result<void> read = success();
    if (many.starts_with('[')) read = detail::bedrock_add_vectors(many, r);
    else if (one.starts_with('[')) read = detail::bedrock_add_vector(one, r);
    else return error(errc::bad_response, "the provider's answer has no embeddings of floats");
    if (!read) return error(errc::bad_response, read.error().message());
    return r;
}

LLMX_DECL void bedrock_embeddings::encode_reply(const embedding_reply& reply, const reply_options&, std::string& out) {
    json_writer w(out);
    w.object();
    if (reply.vectors.size() == 1) {
        w.key("embedding").raw(std::string_view());
        detail::append_float_array(out, reply.vectors.front().values);
        w.member("inputTextTokenCount", reply.usage.input_tokens);
    } else {
        w.key("embeddings").array();
        for (const embedding_vector& v : reply.vectors) {
            w.raw(std::string_view());
            detail::append_float_array(out, v.values);
        }
        w.end_array().member("response_type", "embeddings_floats");
    }
    w.end_object();
}

LLMX_DECL usage bedrock_embeddings::scan_usage(std::string_view body) {
    usage u;
    const result<void> scanned = scan_json_members(body, [&u](const json_member& m) {
        if (m.named("inputTextTokenCount")) u.input_tokens = json_count(m.value).value_or(0);
    });
    return scanned ? u : usage();
}

LLMX_DECL bool bedrock_embeddings::holds_answer(std::string_view body) noexcept {
    const auto filled = [body](std::size_t value) { return body[value] == '[' || body[value] == '{'; };
    return detail::any_json_member(body, "embedding", filled) || detail::any_json_member(body, "embeddings", filled);
}

} // namespace llmx::inline LLMX_ABI
