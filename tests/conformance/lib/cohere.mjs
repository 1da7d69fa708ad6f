// SPDX-License-Identifier: BSL-1.0
// Cohere's published description (OpenAPI 3) as the judge of chat requests, replies and streams.
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { parse_sse } from './sse.mjs';

const spec_file = process.env.LLMX_COHERE_SPEC ?? fileURLToPath(new URL('../../../../shared/specs/cohere.yaml', import.meta.url));
/// Reason to skip what the description judges, or false.
export const needs_description = fs.existsSync(spec_file) ? false : `${spec_file} is missing (LLMX_COHERE_SPEC names another place)`;

// `discriminator` and the vendor's own words are no JSON Schema; alternatives are told apart by their constants; a log probability's
// `required` names members that the description itself does not have.
function repair(o) {
    if (Array.isArray(o)) return o.forEach(repair);
    if (!o || typeof o !== 'object') return;
    delete o.discriminator;
    delete o.example;
    if (typeof o.required === 'boolean') delete o.required;
    if (o.oneOf) { o.anyOf = o.oneOf; delete o.oneOf; }
    if (o.properties?.token_ids && o.properties?.logprobs) o.required = ['token_ids'];
    // YAML reads OFF as false.
    if (o.enum) o.enum = o.enum.map(v => v === false ? 'OFF' : v);
    for (const k in o) repair(o[k]);
}

let loaded = null;
function description() {
    if (loaded) return loaded;
    const spec = load(fs.readFileSync(spec_file, 'utf8'));
    repair(spec);
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    addFormats(ajv);
    ajv.addSchema(spec, 'cohere');
    const body = spec.paths['/v2/chat'].post.requestBody.content['application/json'].schema;
    return loaded = { spec, ajv, request: ajv.compile({ ...body, $id: 'cohere-request', ...relative(body) }) };
}
/// The schema with its references into the whole document.
function relative(o) { return JSON.parse(JSON.stringify(o).replaceAll('"#/components/', '"cohere#/components/')); }

const problems = (name, validate, value) => validate(value) ? [] : validate.errors.slice(0, 6).map(e => `${name}${e.instancePath}: ${e.message}`);
const schema = name => description().ajv.getSchema(`cohere#/components/schemas/${name}`) ?? description().ajv.compile({ $ref: `cohere#/components/schemas/${name}` });

export const check_cohere_request = body => problems('request', description().request, body);
export const check_cohere_reply = body => problems('ChatResponseV2', schema('ChatResponseV2'), body);

const events = {
    'message-start': 'ChatMessageStartEvent', 'content-start': 'ChatContentStartEvent', 'content-delta': 'ChatContentDeltaEvent',
    'content-end': 'ChatContentEndEvent', 'tool-plan-delta': 'ChatToolPlanDeltaEvent', 'tool-call-start': 'ChatToolCallStartEvent',
    'tool-call-delta': 'ChatToolCallDeltaEvent', 'tool-call-end': 'ChatToolCallEndEvent', 'citation-start': 'CitationStartEvent',
    'citation-end': 'CitationEndEvent', 'message-end': 'ChatMessageEndEvent',
};
/// A whole stream: each event by its own schema, and what no schema has: the order, and what is open when.
export function check_cohere_stream(bytes) {
    const found = [], open = new Set();
    const say = (ok, text) => { if (!ok) found.push(text); };
    let over = false;
    for (const [n, e] of parse_sse(bytes).entries()) {
        const event = JSON.parse(e.data);
        say(!e.incomplete && !over, `event ${n} is cut off or behind the end`);
        say(e.event === event.type, `event ${n} is called ${e.event} and ${event.type}`);
        say((n === 0) === (event.type === 'message-start'), `event ${n} is ${event.type}`);
        found.push(...(events[event.type] ? problems(`event ${n} (${event.type})`, schema(events[event.type]), event) : [`event ${n} is ${event.type}`]));
        const [kind, what] = [event.type.slice(0, event.type.lastIndexOf('-')), event.type.slice(event.type.lastIndexOf('-') + 1)];
        const key = `${kind} ${event.index}`;
        if (kind !== 'message' && kind !== 'tool-plan') {
            if (what === 'start') say(!open.has(key) && open.add(key), `${key} begins twice`);
            else say(open.has(key), `${key} is not open at event ${n}`);
            if (what === 'end') open.delete(key);
        }
        over = event.type === 'message-end';
    }
    say(over, 'the stream has no end');
    say(open.size === 0, `${[...open]} have no end`);
    return found;
}
