// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/monotonic_resource.hpp>

namespace llmx::inline v0 {
namespace detail {

/// Strict readers of a client's request. Each object is read with its path, so that an
/// error names the member.
class anthropic_request_reader {
public:
    /// A system prompt or the content of a message: a string or an array of blocks.
    static result<void> content(const json_reader& in, std::string_view member, message& to) {
        const auto* v = in.find(member);
        if (v == nullptr) return anthropic_bad_member(in.path_of(member), "field required");
        if (v->is_string()) {
            to.content.emplace_back(text_part(std::string(v->get_string())));
            return success();
        }
        if (!v->is_array()) return in.expected(member, "a string or an array of content blocks");
        return blocks(v->get_array(), in.path_of(member), [&](const json_reader& block) {
            return part(block, to);
        });
    }

    static result<void> tools(const boost::json::array& from, std::vector<tool>& to) {
        return blocks(from, "tools", [&](const json_reader& in) -> result<void> {
            std::string type;
            if (auto r = in.read("type", type); r.has_error()) return r;
            tool t;
            if (auto r = in.read("name", t.name); r.has_error()) return r;
            if (!type.empty() && type != "custom") {
                t.builtin = opaque_part(anthropic_messages::name, anthropic_object_text(in.object()));
                to.push_back(std::move(t));
                return success();
            }
            if (t.name.empty()) return anthropic_bad_member(in.path_of("name"), "field required");
            if (auto r = in.read("description", t.description); r.has_error()) return r;
            if (auto r = in.read("strict", t.strict); r.has_error()) return r;
            if (auto r = cache(in, t.cache); r.has_error()) return r;
            const auto* schema = in.find("input_schema");
            if (schema == nullptr) return anthropic_bad_member(in.path_of("input_schema"), "field required");
            if (!schema->is_object()) return in.expected("input_schema", "a JSON Schema object");
            t.parameters = raw_json(anthropic_json_text(*schema));
            anthropic_keep_extra(in.object(),
                                 {"type", "name", "description", "strict", "cache_control", "input_schema"}, t.extra);
            to.push_back(std::move(t));
            return success();
        });
    }

    static result<void> cache(const json_reader& in, std::optional<cache_control>& to) {
        const auto* v = in.find("cache_control");
        if (v == nullptr) return success();
        if (!v->is_object()) return in.expected("cache_control", "an object");
        const json_reader c(v->get_object(), in.path_of("cache_control"));
        std::string type, ttl;
        if (auto r = c.read("type", type); r.has_error()) return r;
        if (type != "ephemeral") return c.expected("type", "\"ephemeral\"");
        if (auto r = c.read("ttl", ttl); r.has_error()) return r;
        to = cache_control(std::move(ttl));
        return success();
    }

    static std::string anthropic_object_text(const boost::json::object& o) {
        std::string out;
        json_writer w(out);
        w.object();
        for (const auto& m : o) {
            w.key(std::string_view(m.key()));
            anthropic_write_json(w, m.value());
        }
        w.end_object();
        return out;
    }

private:
    template <class F> static result<void> blocks(const boost::json::array& from, const std::string& path, F&& take) {
        for (std::size_t i = 0; i < from.size(); ++i) {
            std::string where = path + "[" + std::to_string(i) + "]";
            if (!from[i].is_object()) return anthropic_bad_member(std::move(where), "expected an object");
            if (auto r = take(json_reader(from[i].get_object(), std::move(where))); r.has_error()) return r;
        }
        return success();
    }

    static result<void> required(const json_reader& in, std::string_view member, std::string& to) {
        if (in.find(member) == nullptr) return anthropic_bad_member(in.path_of(member), "field required");
        return in.read(member, to);
    }

    static result<void> part(const json_reader& in, message& to) {
        std::string type;
        if (auto r = required(in, "type", type); r.has_error()) return r;
        if (type == "text") return add<text_part>(in, to, text);
        if (type == "image") return add<image_part>(in, to, image);
        if (type == "document") return add<file_part>(in, to, document);
        if (type == "tool_use") return add<tool_call_part>(in, to, tool_use);
        if (type == "tool_result") return add<tool_result_part>(in, to, tool_result);
        if (type == "thinking" || type == "redacted_thinking") return add<thinking_part>(in, to, thinking);
        to.content.emplace_back(opaque_part(anthropic_messages::name, anthropic_object_text(in.object())));
        return success();
    }

    template <class Part>
    static result<void> add(const json_reader& in, message& to, result<void> (*read)(const json_reader&, Part&)) {
        Part p;
        if (auto r = read(in, p); r.has_error()) return r;
        to.content.emplace_back(std::move(p));
        return success();
    }

    static result<void> text(const json_reader& in, text_part& to) {
        if (auto r = required(in, "text", to.text); r.has_error()) return r;
        if (auto r = cache(in, to.cache); r.has_error()) return r;
        if (const auto* v = in.find("citations")) {
            if (!v->is_array()) return in.expected("citations", "an array");
            auto r = blocks(v->get_array(), in.path_of("citations"), [&](const json_reader& c) {
                to.citations.push_back(anthropic_citation(c.object()));
                return success();
            });
            if (r.has_error()) return r;
        }
        anthropic_keep_extra(in.object(), {"type", "text", "cache_control", "citations"}, to.extra);
        return success();
    }

    static result<void> source_of(const json_reader& in, const boost::json::object*& to) {
        const auto* v = in.find("source");
        if (v == nullptr) return anthropic_bad_member(in.path_of("source"), "field required");
        if (!v->is_object()) return in.expected("source", "an object");
        to = &v->get_object();
        return success();
    }

    /// Sources that images and documents share; \p known says whether \p type was one.
    static result<void> shared_source(const json_reader& source, std::string_view type, media& to, bool& known) {
        known = true;
        if (type == "base64") {
            if (auto r = required(source, "media_type", to.media_type); r.has_error()) return r;
            return required(source, "data", to.data);
        }
        if (type == "url") return required(source, "url", to.url);
        if (type == "file") return required(source, "file_id", to.file_id);
        known = false;
        return success();
    }

    static result<void> image(const json_reader& in, image_part& to) {
        const boost::json::object* o = nullptr;
        if (auto r = source_of(in, o); r.has_error()) return r;
        const json_reader source(*o, in.path_of("source"));
        std::string type;
        bool known = false;
        if (auto r = required(source, "type", type); r.has_error()) return r;
        if (auto r = shared_source(source, type, to.source, known); r.has_error()) return r;
        if (!known) return source.expected("type", "\"base64\", \"url\" or \"file\"");
        if (auto r = cache(in, to.cache); r.has_error()) return r;
        anthropic_keep_extra(in.object(), {"type", "source", "cache_control"}, to.extra);
        return success();
    }

    static result<void> document(const json_reader& in, file_part& to) {
        const boost::json::object* o = nullptr;
        if (auto r = source_of(in, o); r.has_error()) return r;
        const json_reader source(*o, in.path_of("source"));
        std::string type;
        bool known = false;
        if (auto r = required(source, "type", type); r.has_error()) return r;
        if (auto r = shared_source(source, type, to.source, known); r.has_error()) return r;
        if (type == "url") {
            to.source.media_type = "application/pdf"; // the only kind this source takes
        } else if (type == "text") {
            std::string plain;
            if (auto r = required(source, "data", plain); r.has_error()) return r;
            to.source = media::from_base64("text/plain", base64_encode(plain));
        } else if (type == "content") {
            // Its text is what other dialects can take; this one gets the source back whole.
            auto plain = content_text(source);
            if (plain.has_error()) return plain.error();
            to.source = media::from_base64("text/plain", base64_encode(*plain));
            to.extra.add(anthropic_messages::name, "source", anthropic_object_text(*o));
        } else if (!known) {
            return source.expected("type", "\"base64\", \"text\", \"url\", \"content\" or \"file\"");
        }
        if (auto r = in.read("title", to.filename); r.has_error()) return r;
        if (auto r = cache(in, to.cache); r.has_error()) return r;
        anthropic_keep_extra(in.object(), {"type", "source", "title", "cache_control"}, to.extra);
        return success();
    }

    static result<std::string> content_text(const json_reader& source) {
        const auto* v = source.find("content");
        if (v != nullptr && v->is_string()) return std::string(v->get_string());
        if (v == nullptr || !v->is_array()) return source.expected("content", "a string or an array");
        std::string all;
        auto r = blocks(v->get_array(), source.path_of("content"), [&](const json_reader& block) {
            const auto piece = block.string_or("text");
            if (!all.empty() && !piece.empty()) all += '\n';
            all += piece;
            return success();
        });
        if (r.has_error()) return r.error();
        return all;
    }

    static result<void> tool_use(const json_reader& in, tool_call_part& to) {
        if (auto r = required(in, "id", to.id); r.has_error()) return r;
        if (auto r = required(in, "name", to.name); r.has_error()) return r;
        const auto* input = in.find("input");
        if (input == nullptr) return anthropic_bad_member(in.path_of("input"), "field required");
        if (!input->is_object()) return in.expected("input", "an object");
        to.arguments = anthropic_json_text(*input);
        if (auto r = cache(in, to.cache); r.has_error()) return r;
        anthropic_keep_extra(in.object(), {"type", "id", "name", "input", "cache_control", "caller"}, to.extra);
        // "direct" is what a caller is unless something else is said.
        if (const auto* caller = in.find("caller")) {
            const auto* o = caller->if_object();
            if (o == nullptr) return in.expected("caller", "an object");
            if (json_reader(*o).string_or("type") != "direct" || o->size() > 1)
                to.extra.add(anthropic_messages::name, "caller", anthropic_json_text(*caller));
        }
        return success();
    }

    static result<void> tool_result(const json_reader& in, tool_result_part& to) {
        if (auto r = required(in, "tool_use_id", to.call_id); r.has_error()) return r;
        if (auto r = in.read("is_error", to.is_error); r.has_error()) return r;
        if (auto r = cache(in, to.cache); r.has_error()) return r;
        anthropic_keep_extra(in.object(), {"type", "tool_use_id", "is_error", "content", "cache_control"}, to.extra);
        const auto* v = in.find("content");
        if (v == nullptr) return success();
        if (v->is_string()) {
            if (!v->get_string().empty()) to.content.emplace_back(text_part(std::string(v->get_string())));
            return success();
        }
        if (!v->is_array()) return in.expected("content", "a string or an array of content blocks");
        bool whole = false;
        auto r = blocks(v->get_array(), in.path_of("content"), [&](const json_reader& block) -> result<void> {
            std::string type;
            if (auto t = required(block, "type", type); t.has_error()) return t;
            if (type == "text") return add_result<text_part>(block, to, text);
            if (type == "image") return add_result<image_part>(block, to, image);
            if (type == "document") return add_result<file_part>(block, to, document);
            whole = true; // search_result, tool_reference: only this dialect can say them
            return success();
        });
        if (r.has_error()) return r;
        if (whole) to.extra.add(anthropic_messages::name, "content", anthropic_json_text(*v));
        return success();
    }

    template <class Part>
    static result<void> add_result(const json_reader& in, tool_result_part& to,
                                   result<void> (*read)(const json_reader&, Part&)) {
        Part p;
        if (auto r = read(in, p); r.has_error()) return r;
        to.content.emplace_back(std::move(p));
        return success();
    }

    static result<void> thinking(const json_reader& in, thinking_part& to) {
        if (in.string_or("type") == "redacted_thinking") {
            if (auto r = required(in, "data", to.redacted_data); r.has_error()) return r;
            anthropic_keep_extra(in.object(), {"type", "data"}, to.extra);
            return success();
        }
        if (auto r = required(in, "thinking", to.text); r.has_error()) return r;
        std::string signature;
        if (auto r = in.read("signature", signature); r.has_error()) return r;
        anthropic_read_signature(signature, to);
        anthropic_keep_extra(in.object(), {"type", "thinking", "signature"}, to.extra);
        return success();
    }
};

} // namespace detail
} // namespace llmx::inline v0
