// SPDX-License-Identifier: BSL-1.0
// OpenAI's published description (OpenAPI 3.1) as the judge of requests, replies, chunks and errors.
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse_sse } from './sse.mjs';

const spec_file = process.env.LLMX_OPENAI_SPEC ?? fileURLToPath(new URL('../../../../shared/specs/openai.json', import.meta.url));

// The document is 3.1 but keeps 3.0 habits (`nullable`, `discriminator`, boolean `exclusiveMinimum`,
// object-valued `examples`) that JSON Schema 2020-12 does not know or reads differently.
function repair(o) {
    if (Array.isArray(o)) return o.forEach(repair);
    if (!o || typeof o !== 'object') return;
    if (o.type === null) delete o.type;
    if (o.nullable === true && Array.isArray(o.enum) && !o.enum.includes(null)) o.enum.push(null);
    if (o.nullable === true && typeof o.type === 'string') o.type = [o.type, 'null'];
    else if (o.nullable === true && o.$ref) { o.anyOf = [{ $ref: o.$ref }, { type: 'null' }]; delete o.$ref; }
    if (typeof o.nullable === 'boolean') delete o.nullable;
    if (typeof o.required === 'boolean') delete o.required;
    if (typeof o.discriminator === 'object' && o.discriminator?.propertyName) {
        delete o.discriminator;
        if (o.oneOf) { o.anyOf = o.oneOf; delete o.oneOf; }
    }
    for (const bound of ['exclusiveMinimum', 'exclusiveMaximum']) if (typeof o[bound] === 'boolean') delete o[bound];
    if (o.examples && !Array.isArray(o.examples)) delete o.examples;
    for (const k in o) repair(o[k]);
}

let loaded = null;
function load() {
    if (loaded) return loaded;
    if (!fs.existsSync(spec_file)) throw new Error(`the OpenAI description is missing: ${spec_file} (set LLMX_OPENAI_SPEC to openai.json)`);
    const spec = JSON.parse(fs.readFileSync(spec_file, 'utf8'));
    repair(spec);
    const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
    addFormats(ajv);
    ajv.addSchema(spec, 'spec');
    return loaded = { spec, ajv, compiled: new Map() };
}

/// Problems of \p value against components/schemas/\p name; empty when it is valid.
export function check_schema(name, value) {
    const { ajv, compiled } = load();
    if (!compiled.has(name)) compiled.set(name, ajv.compile({ $ref: `spec#/components/schemas/${name}` }));
    const validate = compiled.get(name);
    return validate(value) ? [] : validate.errors.slice(0, 6).map(e => `${name}${e.instancePath}: ${e.message}${e.params?.allowedValues ? ` ${JSON.stringify(e.params.allowedValues)}` : ''}`);
}

/// Every member name that the schema \p name declares, through $ref and allOf/anyOf/oneOf.
function declared(schema, spec, seen = new Set()) {
    if (!schema || seen.has(schema)) return [];
    seen.add(schema);
    const names = Object.keys(schema.properties ?? {});
    if (schema.$ref) names.push(...declared(spec.components.schemas[schema.$ref.split('/').pop()], spec, seen));
    for (const k of ['allOf', 'anyOf', 'oneOf']) for (const s of schema[k] ?? []) names.push(...declared(s, spec, seen));
    return names;
}
const role_schema = {
    system: 'ChatCompletionRequestSystemMessage', developer: 'ChatCompletionRequestDeveloperMessage', user: 'ChatCompletionRequestUserMessage',
    assistant: 'ChatCompletionRequestAssistantMessage', tool: 'ChatCompletionRequestToolMessage',
};
// What reasoning models that speak OpenAI's language take back, though the description does not say it.
const tolerated = { assistant: ['reasoning_content'] };

/// A chat request as sent to an OpenAI-speaking upstream. `translated`: llmx wrote it (it did not pass
/// through), so it may hold no member that the description does not know. `model_in_path`: Azure.
export function check_chat_request(body, { translated = false, model_in_path = false } = {}) {
    const problems = check_schema('CreateChatCompletionRequest', model_in_path && body.model === undefined ? { model: 'x', ...body } : body);
    if (translated) {
        const { spec } = load();
        const known = new Set(declared(spec.components.schemas.CreateChatCompletionRequest, spec));
        for (const k of Object.keys(body)) if (!known.has(k)) problems.push(`CreateChatCompletionRequest: unknown member ${k}`);
        for (const [i, m] of (body.messages ?? []).entries()) {
            const names = new Set([...declared(spec.components.schemas[role_schema[m.role]], spec), ...(tolerated[m.role] ?? [])]);
            for (const k of Object.keys(m)) if (!names.has(k)) problems.push(`messages/${i} (${m.role}): unknown member ${k}`);
        }
    }
    // What the schema cannot say: tool results answer calls that were made, and every call is answered.
    const open = new Set();
    for (const [i, m] of (body.messages ?? []).entries()) {
        if (m.role === 'tool') { if (!open.delete(m.tool_call_id)) problems.push(`messages/${i}: tool_call_id ${m.tool_call_id} answers no call`); continue; }
        if (open.size) { problems.push(`messages/${i}: calls ${[...open]} were not answered`); open.clear(); }
        for (const c of m.tool_calls ?? []) {
            open.add(c.id);
            if (typeof c.function?.arguments !== 'string') problems.push(`messages/${i}: arguments are not a string`);
        }
    }
    return problems;
}

export const check_chat_reply = body => {
    const problems = check_schema('CreateChatCompletionResponse', body);
    for (const c of body.choices ?? []) {
        const calls = c.message?.tool_calls ?? [];
        if (c.finish_reason === 'tool_calls' && !calls.length) problems.push('finish_reason tool_calls without a call');
        if (new Set(calls.map(x => x.id)).size !== calls.length) problems.push('tool call ids are not unique');
    }
    return problems;
};
export const check_error = body => check_schema('ErrorResponse', body);

/// The schema of the events of a type; of an unknown type the one of all events, which has no such type.
function event_schema(type) {
    const { schemas } = load().spec.components;
    const names = schemas.ResponseStreamEvent.anyOf.map(r => r.$ref.split('/').pop());
    return names.find(n => [schemas[n].properties.type.enum, schemas[n].properties.type.const].flat().includes(type)) ?? 'ResponseStreamEvent';
}
export const check_responses_reply = body => check_schema('Response', body);
/// A request of the Responses API as sent upstream.
export const check_responses_request = body => check_schema('CreateResponse', body);

/// A whole stream of the Responses API: each event by its own schema, and what no schema says: the numbers, what is open when, and that
/// the last response has what the items brought. `broken`: it must end in an error.
export function check_responses_stream(bytes, { broken = false } = {}) {
    const problems = [], open = new Map(), items = [];
    const say = (ok, text) => { if (!ok) problems.push(text); };
    let number = 0, last = null;
    for (const [n, e] of parse_sse(bytes).entries()) {
        if (e.incomplete) { say(broken, `event ${n} is cut off`); continue; }
        const event = JSON.parse(e.data);
        say(e.event === event.type, `event ${n} is called ${e.event} and ${event.type}`);
        problems.push(...check_schema(event_schema(event.type), event).map(p => `event ${n} (${event.type}): ${p}`));
        say(event.sequence_number === number++, `event ${n}: sequence_number ${event.sequence_number}`);
        if (n === 0) say(event.type === 'response.created', `the first event is ${event.type}`);
        if (event.type === 'response.output_item.added') {
            say(event.output_index === items.length, `event ${n}: output_index ${event.output_index}`);
            open.set(event.output_index, event.item.id);
            items.push(null);
        } else if (event.type === 'response.output_item.done') {
            say(open.get(event.output_index) === event.item.id, `event ${n}: ends the item ${event.item.id}`);
            open.delete(event.output_index);
            items[event.output_index] = event.item;
        } else if (event.item_id !== undefined) say(open.get(event.output_index) === event.item_id, `event ${n}: the item ${event.item_id} is not open`);
        if (event.response) last = event;
    }
    if (broken) say(last === null || last.type === 'response.failed', `a broken stream ends with ${last?.type}`);
    else {
        say(['response.completed', 'response.incomplete'].includes(last?.type), `the last response is in ${last?.type}`);
        say(open.size === 0, `${open.size} items have no end`);
        say(JSON.stringify(last?.response.output) === JSON.stringify(items), 'the response has other items than the events');
    }
    return problems;
}

/// A whole chat stream as an OpenAI client gets it. `include_usage`: the client asked for the usage chunk.
/// `broken`: it must end in an error and must not end in [DONE].
export function check_chat_stream(bytes, { include_usage = false, broken = false } = {}) {
    const problems = [];
    let events;
    try { events = parse_sse(bytes); } catch (e) { return [`not an event stream: ${e.message}`]; }
    let done = false, failed = false, usage = 0, id = null, roles = 0;
    const finished = new Map(), calls = new Map();
    for (const [n, e] of events.entries()) {
        if (e.incomplete) { if (!broken) problems.push(`event ${n} is cut off`); continue; }
        if (done) { problems.push(`event ${n} after [DONE]`); break; }
        if (e.event && e.event !== 'error') problems.push(`event ${n} has the name ${e.event}`);
        if (e.data === '[DONE]') { done = true; continue; }
        let chunk;
        try { chunk = JSON.parse(e.data); } catch { problems.push(`event ${n} is not JSON: ${e.data.slice(0, 80)}`); continue; }
        if (chunk.error !== undefined) { failed = true; problems.push(...check_error(chunk)); continue; }
        if (failed) problems.push(`chunk ${n} after the error`);
        problems.push(...check_schema('CreateChatCompletionStreamResponse', chunk).map(p => `chunk ${n}: ${p}`));
        id ??= chunk.id;
        if (chunk.id !== id) problems.push(`chunk ${n}: id changes from ${id} to ${chunk.id}`);
        if (chunk.usage) {
            ++usage;
            if (chunk.choices?.length) problems.push(`chunk ${n}: usage beside choices`);
        } else if (!chunk.choices?.length) problems.push(`chunk ${n}: neither choices nor usage`);
        for (const c of chunk.choices ?? []) {
            if (c.delta?.role) ++roles;
            if (finished.has(c.index)) problems.push(`chunk ${n}: choice ${c.index} goes on after its finish_reason`);
            for (const t of c.delta?.tool_calls ?? []) {
                const key = `${c.index}/${t.index}`;
                if (!calls.has(key)) {
                    if (!t.id || t.type !== 'function' || !t.function?.name) problems.push(`chunk ${n}: the first delta of call ${key} lacks id, type or name`);
                    calls.set(key, '');
                } else if (t.id || t.function?.name) problems.push(`chunk ${n}: call ${key} is named twice`);
                calls.set(key, calls.get(key) + (t.function?.arguments ?? ''));
            }
            if (c.finish_reason) finished.set(c.index, c.finish_reason);
        }
    }
    for (const [key, text] of calls) if (!broken) { try { JSON.parse(text); } catch { problems.push(`call ${key}: arguments are not JSON: ${text}`); } }
    if (broken) {
        if (done) problems.push('a broken stream ends in [DONE]');
        if (finished.size) problems.push('a broken stream reports a finish_reason');
    } else {
        if (!done) problems.push('no [DONE]');
        if (failed) problems.push('an error in the stream');
        if (!finished.has(0)) problems.push('no finish_reason');
        if (roles !== 1) problems.push(`${roles} deltas carry a role`);
        if (usage !== (include_usage ? 1 : 0)) problems.push(`${usage} usage chunks, ${include_usage ? 'one was' : 'none was'} asked for`);
    }
    return problems;
}
