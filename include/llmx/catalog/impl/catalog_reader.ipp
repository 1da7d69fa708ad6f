// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/impl/price_reader.ipp>
#include <llmx/catalog/model_catalog.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <iterator>

namespace llmx::inline LLMX_ABI::detail {

/// Reads llmx's schema into a copy of a catalogue, and keeps the first fault.
struct catalog_reader {
    explicit catalog_reader(const model_catalog& given) : under(&given), made(given) {}
    /// What was known before, with its index; models are only added behind its own.
    const model_catalog* under;
    model_catalog made;
    std::string fault;
    /// The object's own members may be numbers of these lists: the embedded form writes equal values once.
    const boost::json::array* sets = nullptr;

    LLMX_DECL void read(const boost::json::object& root);
    /// Reads LiteLLM's map.
    LLMX_DECL void read_litellm(const boost::json::object& root);
    LLMX_DECL void read_families(const boost::json::object& root);
    LLMX_DECL void read_rows(const boost::json::object& root);
    LLMX_DECL void read_models(const boost::json::object& models);
    /// Members of an entry, except its prices and other names.
    LLMX_DECL void apply_kind(model_facts& f, const boost::json::object& entry, std::string_view name);
    LLMX_DECL void read_family(const boost::json::object& rule);
    LLMX_DECL void read_family_traits(model_family& f, const boost::json::object& traits);
    LLMX_DECL std::uint64_t words_of(const boost::json::object& rule, std::string_view key);
    LLMX_DECL void add_other_name(std::string name, std::size_t model);
    /// The model called \p name, made when there is none.
    LLMX_DECL model_facts& model(std::string_view name);
    LLMX_DECL void finish(model_facts& f);
    void fail(std::string_view where, std::string_view what) {
        if (fault.empty()) (fault = where).append(": ").append(what);
    }
};

/// The array that \p v is or is the number of; null for anything else.
LLMX_DECL [[nodiscard]] const boost::json::array* catalog_set(const boost::json::value& v, const boost::json::array* sets) noexcept {
    if (const auto* const list = v.if_array(); list != nullptr) return list;
    const std::int64_t* const number = v.if_int64();
    if (number == nullptr || sets == nullptr || *number < 0 || static_cast<std::size_t>(*number) >= sets->size()) return nullptr;
    return (*sets)[static_cast<std::size_t>(*number)].if_array();
}

LLMX_DECL [[nodiscard]] std::optional<reasoning_effort> catalog_effort(std::string_view name) noexcept {
    const auto at = std::find(effort_names.begin(), effort_names.end(), name);
    if (at == effort_names.end()) return std::nullopt;
    return static_cast<reasoning_effort>(at - effort_names.begin());
}

LLMX_DECL [[nodiscard]] std::uint8_t catalog_efforts(const boost::json::value& list) noexcept {
    std::uint8_t bits = 0;
    if (const auto* const names = list.if_array(); names != nullptr)
        for (const auto& n : *names)
            if (const auto e = n.is_string() ? catalog_effort(n.get_string()) : std::nullopt; e)
                bits = static_cast<std::uint8_t>(bits | (1u << static_cast<unsigned>(*e)));
    return bits;
}

LLMX_DECL [[nodiscard]] std::uint8_t catalog_modalities(const boost::json::array& list) noexcept {
    constexpr std::string_view names[] = {"text", "image", "audio", "video", "pdf", "code"};
    unsigned bits = 0;
    for (const auto& n : list)
        for (unsigned i = 0; i < std::size(names); ++i)
            if (n.is_string() && std::string_view(n.get_string()) == names[i]) bits |= 1u << i;
    return static_cast<std::uint8_t>(bits);
}

LLMX_DECL [[nodiscard]] std::vector<std::string> catalog_texts(const boost::json::array& list) {
    std::vector<std::string> texts;
    for (const auto& t : list)
        if (t.is_string()) texts.emplace_back(std::string_view(t.get_string()));
    return texts;
}

LLMX_DECL void catalog_reader::apply_kind(model_facts& f, const boost::json::object& entry, std::string_view name) {
    for (const auto& member : entry) {
        const std::string_view key = member.key();
        const boost::json::value& v = member.value();
        const auto count = [&](std::int64_t& into) {
            const std::int64_t* const n = v.if_int64();
            if (n == nullptr || *n < 0) return fail(name, std::string(key) + ": expected a whole number");
            into = *n;
        };
        if (key == "context") count(f.context_window);
        else if (key == "max_output") count(f.max_output_tokens);
        else if (key == "max_tokens") count(f.max_tokens);
        else if (key == "dims") count(f.dimensions);
        else if (key == "cache_min") count(f.least_cacheable_tokens);
        else if (key == "mode" || key == "deprecated_on" || key == "wire" || key == "tokenizer" || key == "effort_default" || key == "effort_ceiling") {
            if (!v.is_string()) return fail(name, std::string(key) + ": expected a text");
            const std::string_view text = v.get_string();
            if (key == "mode") f.mode = parse_model_mode(text).value_or(model_mode::unknown);
            else if (key == "deprecated_on") f.deprecated_on = text;
            else if (key == "wire") f.wire = text;
            else if (key == "tokenizer") f.tokenizer = text;
            else if (key == "effort_default") f.default_effort = catalog_effort(text);
            else f.highest_effort = catalog_effort(text);
        } else if (key == "efforts" || key == "reasoning_efforts") {
            if (const auto* const lists = v.if_object(); lists != nullptr) {
                if (const auto* const yes = lists->if_contains("yes"); yes != nullptr) f.efforts = catalog_efforts(*yes);
                if (const auto* const no = lists->if_contains("no"); no != nullptr) f.refused_efforts = catalog_efforts(*no);
            } else {
                f.efforts = catalog_efforts(v);
                f.closed_efforts = true;
            }
        } else if (key == "can" || key == "cannot" || key == "takes" || key == "gives" || key == "paths" || key == "quirks" ||
                   key == "regions") {
            const auto* const list = catalog_set(v, sets);
            if (list == nullptr) return fail(name, std::string(key) + ": expected a list of texts");
            if (key == "takes") f.takes = catalog_modalities(*list);
            else if (key == "gives") f.gives = catalog_modalities(*list);
            else if (key == "paths") f.operations = catalog_texts(*list);
            else if (key == "regions") f.regions = catalog_texts(*list);
            else
                for (const auto& n : *list) {
                    if (!n.is_string()) continue;
                    const std::string_view word = n.get_string();
                    // A word of a newer list than this program's is not an error: it changes nothing here.
                    if (key == "quirks") f.reasons_always |= word == "thinking_always_on";
                    else if (const auto a = parse_model_ability(word); a) {
                        (key == "can" ? f.can : f.cannot).add(*a);
                        (key == "can" ? f.cannot : f.can).remove(*a);
                    }
                }
        }
    }
}

LLMX_DECL std::uint64_t catalog_reader::words_of(const boost::json::object& rule, std::string_view key) {
    std::uint64_t bits = 0;
    const auto* const list = rule.if_contains(key);
    if (list == nullptr) return bits;
    if (!list->is_array()) return fail("families", std::string(key) + ": expected a list of words"), bits;
    for (const auto& w : list->get_array()) {
        const auto bit = w.is_string() ? made.families_.word(w.get_string()) : std::nullopt;
        if (!bit) return fail("families", std::string(key) + ": more than 64 different words, or one that begins with a mark"), bits;
        bits |= *bit;
    }
    return bits;
}

LLMX_DECL void catalog_reader::read_family_traits(model_family& f, const boost::json::object& traits) {
    constexpr std::string_view styles[] = {"budget", "effort", "level", "adaptive", "none"};
    constexpr std::string_view sampling[] = {"temperature",       "top_p", "top_k",      "presence_penalty",
                                             "frequency_penalty", "stop",  "logit_bias", "logprobs",
                                             "seed"};
    const auto text = [&traits](std::string_view key) {
        const auto* const v = traits.if_contains(key);
        return v != nullptr && v->is_string() ? std::string_view(v->get_string()) : std::string_view();
    };
    const auto flag = [&traits](std::string_view key, bool& into) {
        if (const auto* const v = traits.if_contains(key); v != nullptr && v->is_bool()) into = v->get_bool();
    };
    if (const auto at = std::find(std::begin(styles), std::end(styles), text("reasoning")); at != std::end(styles))
        f.traits.reasoning = static_cast<model_traits::reasoning_style>(at - std::begin(styles));
    else fail("families", "traits.reasoning: expected budget, effort, level, adaptive or none");
    if (const auto* const efforts = traits.if_contains("efforts"); efforts != nullptr) f.traits.efforts = catalog_efforts(*efforts);
    if (const auto* const budget = traits.if_contains("budget"); budget != nullptr && budget->is_array()) {
        const auto& pair = budget->get_array();
        if (pair.size() == 2 && pair[0].is_int64() && pair[1].is_int64()) {
            f.traits.least_budget = pair[0].get_int64();
            f.traits.most_budget = pair[1].get_int64();
        } else {
            fail("families", "traits.budget: expected the least and the most tokens");
        }
    }
    flag("can_turn_off", f.traits.can_turn_off);
    flag("returns_reasoning", f.traits.returns_reasoning);
    if (const auto* const refused = traits.if_contains("refused"); refused != nullptr && refused->is_array()) {
        for (const std::string& r : catalog_texts(refused->get_array())) {
            const auto at = std::find(std::begin(sampling), std::end(sampling), r);
            if (at == std::end(sampling)) fail("families", "traits.refused: not a sampling parameter");
            else f.traits.refused_sampling = static_cast<std::uint16_t>(f.traits.refused_sampling | (1u << (at - std::begin(sampling))));
        }
    }
    f.traits.max_completion_tokens = text("limit_name") == "max_completion_tokens";
    f.limit_is_maximum = text("default_limit") == "max_output";
    if (const auto a = parse_model_ability(text("schema")); a) f.schema = *a;
}

LLMX_DECL void catalog_reader::read_family(const boost::json::object& rule) {
    model_family f;
    const auto version = [&](std::string_view key, int& into) {
        const auto* const v = rule.if_contains(key);
        if (v == nullptr) return;
        const auto read = v->is_string() ? parse_family_version(v->get_string()) : std::nullopt;
        if (!read) return fail("families", std::string(key) + ": expected a version such as \"4.6\"");
        into = *read;
    };
    f.match = words_of(rule, "match");
    f.begins = words_of(rule, "begins");
    f.has = words_of(rule, "has");
    f.without = words_of(rule, "not");
    version("from", f.from);
    version("below", f.below);
    if (const auto* const list = rule.if_contains("providers"); list != nullptr && list->is_array())
        f.providers = catalog_texts(list->get_array());
    const auto* const facts = rule.if_contains("facts");
    const auto* const traits = rule.if_contains("traits");
    const auto* const name = rule.if_contains("family");
    if (name == nullptr || !name->is_string() || facts == nullptr || !facts->is_object() || traits == nullptr || !traits->is_object())
        return fail("families", "a rule has family, facts and traits");
    read_family_traits(f, traits->get_object());
    f.facts.name = name->get_string();
    f.facts.of_family = true;
    apply_kind(f.facts, facts->get_object(), f.facts.name);
    f.facts.traits = derive_traits(f.facts, &f);
    if (!made.families_.add(std::move(f))) fail("families", "more than 64 rules");
}

LLMX_DECL void catalog_reader::read_families(const boost::json::object& root) {
    if (const auto* const aliases = root.if_contains("providers"); aliases != nullptr && aliases->is_object())
        for (const auto& a : aliases->get_object())
            if (a.value().is_string())
                made.provider_aliases_.emplace_back(std::string(a.key()), std::string(std::string_view(a.value().get_string())));
    const auto* const list = root.if_contains("families");
    if (list == nullptr) return;
    if (!list->is_array()) return fail("families", "expected a list of rules");
    // A file's rules replace the others: their order is their meaning.
    made.families_ = model_families();
    for (const auto& rule : list->get_array()) {
        if (!rule.is_object()) return fail("families", "expected a list of rules");
        read_family(rule.get_object());
    }
}

LLMX_DECL model_facts& catalog_reader::model(std::string_view name) {
    if (const model_facts* const known = under->find_key(name); known != nullptr && known->name == name)
        return made.models_[static_cast<std::size_t>(known - under->models_.data())];
    model_facts fresh;
    fresh.name = name;
    return made.models_.emplace_back(std::move(fresh));
}

LLMX_DECL void catalog_reader::add_other_name(std::string name, std::size_t at) {
    if (under->find_key(name) == nullptr) made.others_.emplace_back(std::move(name), at);
}

LLMX_DECL void catalog_reader::finish(model_facts& f) {
    const std::string_view name = f.name;
    const model_family* const family = made.families_.of(f.provider(), name.substr(name.rfind('/') + 1));
    f.traits = derive_traits(f, family);
    if (f.tokenizer.empty() && family != nullptr) f.tokenizer = family->facts.tokenizer;
}

LLMX_DECL void catalog_reader::read_models(const boost::json::object& models) {
    for (const auto& member : models) {
        const std::string_view name = member.key();
        const auto* const entry = member.value().if_object();
        if (entry == nullptr || name.find('/') == std::string_view::npos)
            return fail(name, "expected an object, called provider/model");
        model_facts& f = model(name);
        apply_kind(f, *entry, name);
        if (const auto* const price = entry->if_contains("price"); price != nullptr) {
            if (!price->is_object()) return fail(name, "price: expected an object");
            model_prices fresh;
            if (std::string what; !read_prices(fresh, price->get_object(), what)) return fail(name, what);
            f.prices = with_prices(f.prices, std::move(fresh));
        }
        finish(f);
        const auto at = static_cast<std::size_t>(&f - made.models_.data());
        if (const auto* const ids = entry->if_contains("ids"); ids != nullptr && ids->is_array())
            for (std::string& id : catalog_texts(ids->get_array())) add_other_name(std::move(id), at);
    }
}

LLMX_DECL void catalog_reader::read_rows(const boost::json::object& root) {
    const auto array = [&root](std::string_view key) {
        const auto* const v = root.if_contains(key);
        return v != nullptr ? v->if_array() : nullptr;
    };
    const auto *const rows = array("rows"), *const kinds = array("kinds"), *const prices = array("prices"), *const ids = array("ids");
    if (rows == nullptr || kinds == nullptr || prices == nullptr || ids == nullptr || rows->size() % 3 != 0 || ids->size() % 2 != 0)
        return fail("rows", "expected rows, kinds, prices and ids");
    std::vector<model_facts> facts(kinds->size());
    for (std::size_t i = 0; i < facts.size(); ++i)
        if (const auto* const k = (*kinds)[i].if_object(); k != nullptr) apply_kind(facts[i], *k, "kinds");
    std::vector<std::shared_ptr<const model_prices>> shared(prices->size());
    for (std::size_t i = 0; i < shared.size(); ++i)
        if (const auto* const p = (*prices)[i].if_object(); p != nullptr) {
            model_prices fresh;
            if (std::string what; !read_prices(fresh, *p, what)) return fail("prices", what);
            fresh.sort();
            shared[i] = std::make_shared<const model_prices>(std::move(fresh));
        }
    const std::size_t before = made.models_.size();
    made.models_.reserve(before + rows->size() / 3);
    for (std::size_t i = 0; i < rows->size(); i += 3) {
        const auto* const name = (*rows)[i].if_string();
        const std::int64_t *const kind = (*rows)[i + 1].if_int64(), *const price = (*rows)[i + 2].if_int64();
        if (name == nullptr || kind == nullptr || price == nullptr || *kind < 0 || static_cast<std::size_t>(*kind) >= facts.size() ||
            *price < -1 || (*price >= 0 && static_cast<std::size_t>(*price) >= shared.size()))
            return fail("rows", "expected a name, a number of kinds and one of prices");
        model_facts& f = made.models_.emplace_back(facts[static_cast<std::size_t>(*kind)]);
        f.name = *name;
        if (*price >= 0) f.prices = shared[static_cast<std::size_t>(*price)];
        finish(f);
    }
    made.others_.reserve(ids->size() / 2);
    for (std::size_t i = 0; i < ids->size(); i += 2) {
        const auto* const name = (*ids)[i].if_string();
        const std::int64_t* const at = (*ids)[i + 1].if_int64();
        if (name == nullptr || at == nullptr || *at < 0 || static_cast<std::size_t>(*at) >= rows->size() / 3)
            return fail("ids", "expected a name and the number of a row");
        made.others_.emplace_back(std::string(std::string_view(*name)), before + static_cast<std::size_t>(*at));
    }
}

LLMX_DECL void catalog_reader::read(const boost::json::object& root) {
    const auto* const schema = root.if_contains("schema");
    if (schema == nullptr || !schema->is_string() || std::string_view(schema->get_string()) != "llmx-models-1")
        return fail("schema", "expected \"llmx-models-1\"");
    if (const auto* const s = root.if_contains("sets"); s != nullptr) sets = s->if_array();
    read_families(root);
    if (root.contains("rows")) {
        if (!made.models_.empty()) return fail("rows", "the embedded form is read first, into an empty catalogue");
        read_rows(root);
    }
    if (const auto* const models = root.if_contains("models"); models != nullptr && fault.empty()) {
        if (!models->is_object()) return fail("models", "expected an object");
        read_models(models->get_object());
    }
    if (root.contains("families") && !under->models_.empty())
        for (model_facts& f : made.models_) finish(f);
}

} // namespace llmx::inline LLMX_ABI::detail
