// SPDX-License-Identifier: BSL-1.0
// Google's own protocol description (v1beta protos of @google-ai/generativelanguage) as the judge of
// Gemini requests, replies and chunks: a strict walk by the proto3 JSON mapping.
import { createRequire } from 'node:module';
import protobuf from 'protobufjs';
import { parse_sse } from './sse.mjs';

const require = createRequire(import.meta.url);
const root = protobuf.Root.fromJSON(require('@google-ai/generativelanguage/build/protos/protos.json'));
root.resolveAll();
const scope = 'google.ai.generativelanguage.v1beta';

// REQUIRED in the description, but given elsewhere (the URL) or not demanded by the service.
const not_demanded = new Set(['GenerateContentRequest.model', 'FunctionDeclaration.description', 'Schema.type']);
const well_known = {
    '.google.protobuf.Struct': v => v !== null && typeof v === 'object' && !Array.isArray(v),
    '.google.protobuf.ListValue': v => Array.isArray(v),
    '.google.protobuf.Value': () => true,
    '.google.protobuf.Duration': v => typeof v === 'string' && /^-?\d+(\.\d{1,9})?s$/.test(v),
    '.google.protobuf.Timestamp': v => typeof v === 'string' && !Number.isNaN(Date.parse(v)),
};
const integer = v => (typeof v === 'number' && Number.isInteger(v)) || (typeof v === 'string' && /^-?\d+$/.test(v));
const scalar = {
    string: v => typeof v === 'string',
    bool: v => typeof v === 'boolean',
    bytes: v => typeof v === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(v),
    float: v => typeof v === 'number', double: v => typeof v === 'number',
    int32: v => integer(v) && Math.abs(Number(v)) <= 2 ** 31, uint32: v => integer(v) && Number(v) >= 0,
    int64: integer, uint64: v => integer(v) && !String(v).startsWith('-'),
};
const snake = s => s.replace(/[A-Z]/g, c => `_${c.toLowerCase()}`);

const names_of = new Map();
/// JSON name → field; both the lowerCamelCase and the original name are legal in proto3 JSON.
function json_names(type) {
    if (!names_of.has(type)) {
        const names = new Map();
        for (const f of type.fieldsArray) {
            f.resolve();
            names.set(snake(f.name), f);
            names.set(f.options?.json_name ?? f.name, f);
        }
        names_of.set(type, names);
    }
    return names_of.get(type);
}

function walk_value(field, value, at, problems) {
    const type = field.resolvedType;
    if (!type) {
        if (!scalar[field.type]?.(value)) problems.push(`${at}: ${JSON.stringify(value)?.slice(0, 60)} is not ${field.type}`);
    } else if (type instanceof protobuf.Enum) {
        if (typeof value !== 'string' || !(value in type.values)) problems.push(`${at}: ${JSON.stringify(value)} is not in ${type.name}`);
    } else if (well_known[type.fullName]) {
        if (!well_known[type.fullName](value)) problems.push(`${at}: not a ${type.name}`);
    } else walk(type, value, at, problems);
}

function walk(type, value, at, problems) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return void problems.push(`${at}: not an object (${type.name})`);
    const names = json_names(type);
    const seen = new Set(), chosen = new Map();
    for (const [key, v] of Object.entries(value)) {
        const field = names.get(key);
        const here = `${at}.${key}`;
        if (!field) { problems.push(`${here}: unknown field of ${type.name}`); continue; }
        if (seen.has(field)) problems.push(`${here}: said twice`);
        seen.add(field);
        if (v === null && field.resolvedType?.fullName !== '.google.protobuf.Value') continue;
        const group = field.partOf;
        if (group && !group.name.startsWith('_')) {
            if (chosen.has(group)) problems.push(`${at}: both ${chosen.get(group)} and ${key} of oneof ${group.name}`);
            chosen.set(group, key);
        }
        if (field.map) {
            if (typeof v !== 'object' || Array.isArray(v)) problems.push(`${here}: not a map`);
            else for (const [k, e] of Object.entries(v)) walk_value(field, e, `${here}[${k}]`, problems);
        } else if (field.repeated) {
            if (!Array.isArray(v)) problems.push(`${here}: not a list`);
            else v.forEach((e, i) => walk_value(field, e, `${here}[${i}]`, problems));
        } else walk_value(field, v, here, problems);
    }
    for (const f of type.fieldsArray)
        if (f.options?.['(google.api.field_behavior)'] === 'REQUIRED' && !seen.has(f) && !not_demanded.has(`${type.name}.${f.name}`))
            problems.push(`${at}: ${type.name} lacks ${f.name}`);
}

/// Problems of \p value as the v1beta message \p name; empty when it is valid.
export function check_message(name, value) {
    const problems = [];
    walk(root.lookupType(`${scope}.${name}`), value, name, problems);
    return problems;
}

/// A request as sent to a Gemini-speaking upstream.
export function check_generate_request(body) {
    const problems = check_message('GenerateContentRequest', body);
    if (problems.length) return problems;
    let last = null;
    for (const [i, c] of body.contents.entries()) {
        if (c.role !== undefined && c.role !== 'user' && c.role !== 'model') problems.push(`contents[${i}]: role ${c.role}`);
        if (!c.parts?.length) problems.push(`contents[${i}]: no parts`);
        const answers = (c.parts ?? []).filter(p => p.functionResponse ?? p.function_response).length;
        const asked = last?.role === 'model' ? last.parts.filter(p => p.functionCall ?? p.function_call).length : 0;
        // The service's rule: one turn answers all calls of the turn before.
        if (answers !== asked) problems.push(`contents[${i}]: ${answers} function responses to ${asked} function calls`);
        last = c;
    }
    return problems;
}

export function check_generate_reply(body) {
    const problems = check_message('GenerateContentResponse', body);
    if (!body.candidates?.length && !body.promptFeedback) problems.push('neither candidates nor promptFeedback');
    return problems;
}

const status_names = new Set(['CANCELLED', 'UNKNOWN', 'INVALID_ARGUMENT', 'DEADLINE_EXCEEDED', 'NOT_FOUND', 'ALREADY_EXISTS', 'PERMISSION_DENIED',
    'UNAUTHENTICATED', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION', 'ABORTED', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS']);
/// Google's error body: {error: {code, message, status, details}} (google.rpc.Status in JSON).
export function check_error(body) {
    const e = body?.error, problems = [];
    if (e === null || typeof e !== 'object') return ['no error object'];
    for (const k of Object.keys(body)) if (k !== 'error') problems.push(`unknown member ${k}`);
    for (const k of Object.keys(e)) if (!['code', 'message', 'status', 'details'].includes(k)) problems.push(`error: unknown member ${k}`);
    if (!Number.isInteger(e.code) || e.code < 400 || e.code > 599) problems.push(`error.code ${e.code}`);
    if (typeof e.message !== 'string' || !e.message) problems.push('error.message');
    if (!status_names.has(e.status)) problems.push(`error.status ${e.status}`);
    if (e.details !== undefined && !(Array.isArray(e.details) && e.details.every(d => typeof d?.['@type'] === 'string'))) problems.push('error.details');
    return problems;
}

/// A whole stream as a Gemini client gets it; `json_array`: without alt=sse. `broken`: it must not look finished.
export function check_generate_stream(bytes, { json_array = false, broken = false } = {}) {
    const problems = [];
    let chunks = [];
    try {
        if (json_array) chunks = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
        else for (const [n, e] of parse_sse(bytes).entries()) {
            if (e.event) problems.push(`event ${n} has the name ${e.event}`);
            if (e.incomplete) { if (!broken) problems.push(`event ${n} is cut off`); } else chunks.push(JSON.parse(e.data));
        }
    } catch (e) {
        return broken && json_array ? [] : [`not a stream: ${e.message}`];
    }
    if (!Array.isArray(chunks)) return ['not a JSON array'];
    let finished = 0, failed = false;
    for (const [n, c] of chunks.entries()) {
        if (c.error) { failed = true; problems.push(...check_error(c)); continue; }
        if (failed) problems.push(`chunk ${n} after the error`);
        problems.push(...check_message('GenerateContentResponse', c).map(p => `chunk ${n}: ${p}`));
        for (const x of c.candidates ?? []) if (x.finishReason) ++finished;
    }
    if (broken) { if (finished) problems.push('a broken stream reports a finishReason'); }
    else {
        if (failed) problems.push('an error in the stream');
        if (finished !== 1) problems.push(`${finished} chunks carry a finishReason`);
        if (!chunks.some(c => c.usageMetadata)) problems.push('no usageMetadata');
    }
    return problems;
}
