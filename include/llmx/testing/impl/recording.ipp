// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/sort_stably.hpp>
#include <llmx/testing/recording.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/hide_secret.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/url.hpp>
#include <llmx/wire/utf8.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>

namespace llmx::inline LLMX_ABI::testing {
namespace detail {

namespace json = boost::json;
inline constexpr std::string_view hidden_text = "***";

LLMX_DECL [[nodiscard]] bool is_one_of(const std::vector<std::string>& more, std::string_view name) {
    return std::any_of(more.begin(), more.end(), [name](std::string_view n) { return iequals(n, name); });
}
LLMX_DECL [[nodiscard]] bool is_secret_field(const recording_options& o, std::string_view name) {
    static constexpr std::array<std::string_view, 16> names = {
        "authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "set-cookie", "x-amz-security-token",
        "x-auth-token", "ocp-apim-subscription-key", "x-vault-token", "openai-organization", "openai-project", "x-goog-user-project",
        "x-litellm-api-key", "x-subscription-token"};
    return std::any_of(names.begin(), names.end(), [name](std::string_view n) { return iequals(n, name); }) || is_one_of(o.names, name);
}
/// A member of JSON, or a parameter of a query or a form.
LLMX_DECL [[nodiscard]] bool is_secret_name(const recording_options& o, std::string_view name) {
    static constexpr std::array<std::string_view, 22> names = {
        "key", "api_key", "apikey", "api-key", "access_token", "refresh_token", "id_token", "client_secret", "client_assertion", "password",
        "secret", "private_key", "assertion", "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "signature", "sig",
        "x-amz-signature", "x-amz-credential", "x-amz-security-token", "secret_access_key"};
    return std::any_of(names.begin(), names.end(), [name](std::string_view n) { return iequals(n, name); }) || is_one_of(o.names, name);
}

/// Hides the values of secret members; whether there was one. A member "key" counts where it is as long as a key alone.
LLMX_DECL bool clean_json(const recording_options& o, json::value& v) {
    bool changed = false;
    if (json::object* const object = v.if_object()) {
        for (auto& [name, value] : *object) {
            json::string* const text = value.if_string();
            if (text != nullptr && is_secret_name(o, name) && (name != "key" || text->size() >= 16) && *text != hidden_text && !text->empty()) {
                *text = hidden_text;
                changed = true;
            } else {
                changed = clean_json(o, value) || changed;
            }
        }
    } else if (json::array* const array = v.if_array()) {
        for (json::value& one : *array) changed = clean_json(o, one) || changed;
    }
    return changed;
}

/// The pairs of a query or a form, with "***" for secret values.
LLMX_DECL [[nodiscard]] std::string clean_pairs(const recording_options& o, std::string_view text) {
    std::string out;
    for (bool first = true; !text.empty() || first; first = false) {
        if (text.empty()) break;
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        const result<std::string> name = percent_decode(pair.substr(0, equals));
        if (!first) out += '&';
        if (equals != std::string_view::npos && name && is_secret_name(o, *name)) out.append(pair.substr(0, equals + 1)).append(hidden_text);
        else out += pair;
    }
    return out;
}

LLMX_DECL void clean_body(const recording_options& o, std::string_view type, std::string& body) {
    if (type.starts_with("application/x-www-form-urlencoded")) {
        body = clean_pairs(o, body);
        return;
    }
    const std::size_t first = body.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || (body[first] != '{' && body[first] != '[')) return;
    result<json::value> parsed = parse_json(body);
    if (parsed && clean_json(o, *parsed)) body = json_text(*parsed);
}

LLMX_DECL void clean_fields(const recording_options& o, recorded_exchange::field_list& fields, std::vector<std::string>& found) {
    for (auto& [name, value] : fields) {
        if (!is_secret_field(o, name) || value == hidden_text) continue;
        found.push_back(value.substr(value.find(' ') + 1));
        found.push_back(value);
        value = hidden_text;
    }
}

[[nodiscard]] inline std::string_view listed_field(const recorded_exchange::field_list& fields, std::string_view name) noexcept {
    for (const auto& [n, v] : fields)
        if (iequals(n, name)) return v;
    return std::string_view();
}

LLMX_DECL void put_bytes(json::object& to, std::string_view name, const std::string& bytes) {
    if (valid_utf8(bytes)) to[name] = bytes;
    else to[std::string(name).append("_base64")] = base64_encode(bytes);
}
LLMX_DECL [[nodiscard]] result<std::string> get_bytes(const json::object& from, std::string_view name) {
    if (const json::value* const text = from.if_contains(name); text != nullptr && text->is_string()) return std::string(text->get_string());
    if (const json::value* const text = from.if_contains(std::string(name).append("_base64")); text != nullptr && text->is_string())
        return base64_decode(text->get_string());
    return std::string();
}
LLMX_DECL [[nodiscard]] json::array fields_as_json(const recorded_exchange::field_list& fields) {
    json::array all;
    for (const auto& [name, value] : fields) all.push_back(json::array{json::string(name), json::string(value)});
    return all;
}
LLMX_DECL void read_recorded_fields(const json::object& from, recorded_exchange::field_list& to) {
    const json::value* const all = from.if_contains("fields");
    if (all == nullptr || !all->is_array()) return;
    for (const json::value& one : all->get_array()) {
        const json::array* const pair = one.if_array();
        if (pair != nullptr && pair->size() == 2 && (*pair)[0].is_string() && (*pair)[1].is_string())
            to.emplace_back(std::string((*pair)[0].get_string()), std::string((*pair)[1].get_string()));
    }
}
LLMX_DECL [[nodiscard]] std::optional<errc> errc_called(std::string_view name) noexcept {
    for (int i = 0; i < 256; ++i)
        if (errc_name(static_cast<errc>(i)) == name) return static_cast<errc>(i);
    return std::nullopt;
}

/// One line; \p number becomes the place of its request.
LLMX_DECL [[nodiscard]] result<recorded_exchange> read_recorded_line(std::string_view line, std::size_t& number) {
    const auto wrong = [](std::string_view why) { return error(errc::bad_configuration, std::string(why)); };
    const result<json::object> parsed = parse_json_object(line);
    if (!parsed) return parsed.error();
    const json::value* const asked = parsed->if_contains("request");
    if (asked == nullptr || !asked->is_object()) return wrong("the member \"request\" is missing or no object");
    recorded_exchange e;
    const auto text = [](const json::object& from, std::string_view name, std::string& to) {
        if (const json::value* const v = from.if_contains(name); v != nullptr && v->is_string()) to = v->get_string();
    };
    if (const json::value* const n = parsed->if_contains("number"); n != nullptr && n->is_int64() && n->get_int64() >= 0)
        number = static_cast<std::size_t>(n->get_int64());
    const json::object& request = asked->get_object();
    text(request, "method", e.method);
    text(request, "host", e.host);
    text(request, "target", e.target);
    if (e.method.empty() || e.target.empty()) return wrong("the request has no method or no target");
    read_recorded_fields(request, e.fields);
    result<std::string> body = get_bytes(request, "body");
    if (!body) return body.error();
    e.body = std::move(*body);
    if (const json::value* const answer = parsed->if_contains("response"); answer != nullptr && answer->is_object()) {
        const json::object& response = answer->get_object();
        if (const json::value* const status = response.if_contains("status"); status != nullptr && status->is_int64())
            e.status = static_cast<int>(status->get_int64());
        if (e.status < 100 || e.status > 599) return wrong("the response has no status from 100 to 599");
        read_recorded_fields(response, e.answer_fields);
        if (const json::value* const pieces = response.if_contains("pieces"); pieces != nullptr && pieces->is_array())
            for (const json::value& one : pieces->get_array()) {
                if (!one.is_object()) return wrong("a piece of the response is no object");
                recorded_piece piece;
                if (const json::value* const at = one.get_object().if_contains("at_ms"); at != nullptr && at->is_int64())
                    piece.at = std::chrono::milliseconds(std::max<std::int64_t>(0, at->get_int64()));
                result<std::string> bytes = get_bytes(one.get_object(), "text");
                if (!bytes) return bytes.error();
                piece.bytes = std::move(*bytes);
                e.pieces.push_back(std::move(piece));
            }
    }
    if (const json::value* const failed = parsed->if_contains("failure"); failed != nullptr && failed->is_object()) {
        std::string code;
        text(failed->get_object(), "code", code);
        text(failed->get_object(), "message", e.failure_message);
        e.failure = errc_called(code);
        if (!e.failure) return wrong("the failure has an unknown code");
    }
    if (e.status == 0 && !e.failure) return wrong("there is neither a response nor a failure");
    return e;
}

/// Appends the members of \p v in the order of their names.
LLMX_DECL void append_sorted(std::string& out, const json::value& v) {
    if (const json::object* const object = v.if_object()) {
        std::map<std::string_view, const json::value*> members;
        for (const auto& [name, value] : *object) members.emplace(std::string_view(name), &value);
        out += '{';
        for (bool first = true; const auto& [name, value] : members) {
            if (!std::exchange(first, false)) out += ',';
            append_json(out, json::value(json::string(name)));
            out += ':';
            append_sorted(out, *value);
        }
        out += '}';
    } else if (const json::array* const array = v.if_array()) {
        out += '[';
        for (bool first = true; const json::value& one : *array) {
            if (!std::exchange(first, false)) out += ',';
            append_sorted(out, one);
        }
        out += ']';
    } else if (v.is_number()) {
        // 1 and 1.0 are one number.
        const double d = v.to_number<double>();
        append_json(out, v.is_double() && d == static_cast<double>(static_cast<std::int64_t>(std::clamp(d, -1e15, 1e15)))
                             ? json::value(static_cast<std::int64_t>(d)) : v);
    } else {
        append_json(out, v);
    }
}

LLMX_DECL [[nodiscard]] std::string sorted_text(const json::value& v) {
    std::string out;
    append_sorted(out, v);
    return out;
}

/// The path of the first place in which the two values differ.
LLMX_DECL [[nodiscard]] std::string differing_place(const json::value& a, const json::value& b, const std::string& at) {
    const json::object *const x = a.if_object(), *const y = b.if_object();
    if (x != nullptr && y != nullptr) {
        const auto below = [&at](std::string_view name) { return at.empty() ? std::string(name) : std::string(at).append(".").append(name); };
        for (const auto& [name, value] : *x) {
            const json::value* const other = y->if_contains(name);
            if (other == nullptr) return below(name);
            if (sorted_text(value) != sorted_text(*other)) return differing_place(value, *other, below(name));
        }
        for (const auto& [name, value] : *y)
            if (!x->contains(name)) return below(name);
        return at;
    }
    const json::array *const l = a.if_array(), *const r = b.if_array();
    if (l != nullptr && r != nullptr) {
        const std::size_t common = std::min(l->size(), r->size());
        for (std::size_t i = 0; i != common; ++i)
            if (sorted_text((*l)[i]) != sorted_text((*r)[i]))
                return differing_place((*l)[i], (*r)[i], std::string(at).append("[").append(std::to_string(i)).append("]"));
        return std::string(at).append("[").append(std::to_string(common)).append("]");
    }
    return at;
}

LLMX_DECL std::string comparable_body(const recorded_exchange& e) {
    if (const result<json::value> parsed = parse_json(e.body); parsed) return sorted_text(*parsed);
    const std::string_view type = e.field("content-type");
    const std::size_t at = type.find("boundary=");
    if (!type.starts_with("multipart/") || at == std::string_view::npos) return e.body;
    std::string_view boundary = type.substr(at + 9);
    boundary = boundary.starts_with('"') ? boundary.substr(1, boundary.find('"', 1) - 1) : boundary.substr(0, boundary.find(';'));
    if (boundary.empty()) return e.body;
    std::string out = e.body;
    for (std::size_t at_one = out.find(boundary); at_one != std::string::npos; at_one = out.find(boundary, at_one + 8))
        out.replace(at_one, boundary.size(), "boundary");
    return out;
}

LLMX_DECL std::string first_difference(const recorded_exchange& a, const recorded_exchange& b) {
    if (a.method != b.method) return "the method";
    if (a.path() != b.path()) return "the path";
    if (a.target != b.target) return "the query";
    if (comparable_body(a) == comparable_body(b)) return std::string();
    const result<json::value> x = parse_json(a.body), y = parse_json(b.body);
    if (!x || !y) return "the body";
    const std::string place = differing_place(*x, *y, std::string());
    return place.empty() ? std::string("the body") : std::string("the body at ").append(place);
}

} // namespace detail

LLMX_DECL std::string_view recorded_exchange::field(std::string_view name) const noexcept { return detail::listed_field(fields, name); }

LLMX_DECL std::string recorded_exchange::model() const {
    if (const result<boost::json::value> parsed = parse_json(body); parsed && parsed->is_object())
        if (const boost::json::value* const m = parsed->get_object().if_contains("model"); m != nullptr && m->is_string())
            return std::string(m->get_string());
    for (const std::string_view before : {"/models/", "/model/", "/deployments/"}) {
        const std::size_t at = path().find(before);
        if (at == std::string_view::npos) continue;
        std::string_view name = path().substr(at + before.size());
        name = name.substr(0, name.find('/'));
        if (before == "/models/") name = name.substr(0, name.rfind(':'));
        return std::string(name);
    }
    return std::string();
}

LLMX_DECL void recording_options::clean(recorded_exchange& e) const {
    std::vector<std::string> found;
    for (const secret& s : secrets) found.emplace_back(s.reveal());
    detail::clean_fields(*this, e.fields, found);
    detail::clean_fields(*this, e.answer_fields, found);
    if (const std::size_t query = e.target.find('?'); query != std::string::npos)
        e.target = e.target.substr(0, query + 1).append(detail::clean_pairs(*this, std::string_view(e.target).substr(query + 1)));
    detail::clean_body(*this, e.field("content-type"), e.body);
    // What is in the answer's pieces together: a secret may be in two of them.
    std::string whole;
    for (const recorded_piece& p : e.pieces) whole += p.bytes;
    std::string cleaned = whole;
    detail::clean_body(*this, detail::listed_field(e.answer_fields, "content-type"), cleaned);
    bool joined = cleaned != whole;
    for (const std::string& s : found) {
        hide_secret(e.target, s);
        hide_secret(e.body, s);
        hide_secret(e.host, s);
        hide_secret(e.failure_message, s);
        for (auto* const list : {&e.fields, &e.answer_fields})
            for (auto& [name, value] : *list) hide_secret(value, s);
        for (recorded_piece& p : e.pieces) hide_secret(p.bytes, s);
        hide_secret(cleaned, s);
    }
    std::string apart;
    for (const recorded_piece& p : e.pieces) apart += p.bytes;
    joined = joined || apart != cleaned;
    if (!joined) return;
    recorded_piece one(e.pieces.empty() ? std::chrono::milliseconds() : e.pieces.front().at, std::move(cleaned));
    e.pieces.assign(1, std::move(one));
}

LLMX_DECL std::string recording::line(const recorded_exchange& e, std::size_t number) {
    boost::json::object request, all;
    request["method"] = e.method;
    request["host"] = e.host;
    request["target"] = e.target;
    request["fields"] = detail::fields_as_json(e.fields);
    if (!e.body.empty()) detail::put_bytes(request, "body", e.body);
    all["number"] = static_cast<std::int64_t>(number);
    all["request"] = std::move(request);
    if (e.status != 0) {
        boost::json::object response;
        boost::json::array pieces;
        for (const recorded_piece& p : e.pieces) {
            boost::json::object one;
            one["at_ms"] = static_cast<std::int64_t>(p.at.count());
            detail::put_bytes(one, "text", p.bytes);
            pieces.push_back(std::move(one));
        }
        response["status"] = e.status;
        response["fields"] = detail::fields_as_json(e.answer_fields);
        response["pieces"] = std::move(pieces);
        all["response"] = std::move(response);
    }
    if (e.failure) {
        boost::json::object failure;
        failure["code"] = errc_name(*e.failure);
        failure["message"] = e.failure_message;
        all["failure"] = std::move(failure);
    }
    return json_text(all).append("\n");
}

LLMX_DECL std::string recording::text() const {
    std::string out;
    for (std::size_t i = 0; i != exchanges_.size(); ++i) out += line(exchanges_[i], i + 1);
    return out;
}

LLMX_DECL result<recording> recording::parse(std::string_view text, std::string_view name) {
    std::vector<std::pair<std::size_t, recorded_exchange>> found;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::string_view one = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        if (one.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        std::size_t place = number;
        result<recorded_exchange> e = detail::read_recorded_line(one, place);
        if (!e)
            return error(errc::bad_configuration, std::string(name) + ":" + std::to_string(number) + ": no recorded exchange: " +
                                                      e.error().message() + "; record it again");
        found.emplace_back(place, std::move(*e));
    }
    llmx::detail::sort_stably(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<recorded_exchange> all;
    for (auto& [place, e] : found) all.push_back(std::move(e));
    return recording(std::move(all));
}

LLMX_DECL result<recording> recording::load(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) return error(errc::bad_configuration, path + " cannot be read; record it first, or name another file");
    return parse(text, path);
}

} // namespace llmx::inline LLMX_ABI::testing
