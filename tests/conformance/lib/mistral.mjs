// SPDX-License-Identifier: BSL-1.0
// Mistral's published description (OpenAPI 3.1) as the judge of chat requests, replies and streams. Without the file nothing is judged.
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { parse_sse } from './sse.mjs';

const spec_file = process.env.LLMX_MISTRAL_SPEC ?? fileURLToPath(new URL('../../../../shared/specs/mistral.yaml', import.meta.url));
export const needs_description = fs.existsSync(spec_file) ? false : `${spec_file} is missing (LLMX_MISTRAL_SPEC names another place)`;

// `discriminator` and examples are no JSON Schema.
function repair(o) {
    if (Array.isArray(o)) return o.forEach(repair);
    if (!o || typeof o !== 'object') return;
    delete o.discriminator;
    delete o.example;
    for (const k in o) repair(o[k]);
}

let ajv = null;
function problems(name, value) {
    if (needs_description) return [];
    if (!ajv) {
        const spec = load(fs.readFileSync(spec_file, 'utf8'));
        repair(spec);
        // The description demands a member `data` that neither its own examples nor the SDK's schema have.
        const [, own] = spec.components.schemas.ChatCompletionResponse.allOf;
        own.required = own.required.filter(name => name !== 'data');
        ajv = new Ajv({ strict: false, allErrors: true, logger: false });
        addFormats(ajv);
        ajv.addSchema(spec, 'mistral');
    }
    const validate = ajv.getSchema(`mistral#/components/schemas/${name}`);
    return validate(value) ? [] : validate.errors.slice(0, 6).map(e => `${name}${e.instancePath}: ${e.message} ${JSON.stringify(e.params)}`);
}

export const check_mistral_request = body => problems('ChatCompletionRequest', body);
export const check_mistral_gap = body => problems('FIMCompletionRequest', body);
export const check_mistral_reply = body => problems('ChatCompletionResponse', body);

/// A whole stream: each chunk by its schema; the last has the reason and the usage, and [DONE] ends it.
export function check_mistral_stream(bytes, { broken = false } = {}) {
    const events = parse_sse(bytes), found = [];
    if (broken) return found;
    if (events.at(-1)?.data !== '[DONE]') found.push('no [DONE] at the end');
    const chunks = events.filter(e => e.data !== '[DONE]').map(e => JSON.parse(e.data));
    for (const [n, chunk] of chunks.entries()) found.push(...problems('CompletionChunk', chunk).map(p => `chunk ${n}: ${p}`));
    if (!chunks.some(c => c.choices?.some(choice => choice.finish_reason))) found.push('no finish_reason');
    if (!chunks.at(-1)?.usage) found.push('no usage in the last chunk');
    return found;
}
