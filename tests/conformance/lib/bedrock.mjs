// SPDX-License-Identifier: BSL-1.0
// A fake of Amazon Bedrock's runtime. What it is sent is judged by AWS's own packages: the signature by
// @smithy/signature-v4, the body by the schema of @aws-sdk/client-bedrock-runtime. What it answers is encoded by
// @smithy/eventstream-codec, and that SDK's client reads it too (bedrock.test.mjs).
import { Sha256 } from '@aws-crypto/sha256-js';
import * as sdk from '@aws-sdk/client-bedrock-runtime';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { SignatureV4 } from '@smithy/signature-v4';
import { once } from 'node:events';
import http from 'node:http';

export const region = 'us-west-2';
export const credentials = { accessKeyId: 'AKIDCONFORMANCE', secretAccessKey: 'wJalrXUtnFEMI/conformance+secret', sessionToken: 'session//token==' };
export const bearer = 'bedrock-api-key-conformance';

const codec = new EventStreamCodec(bytes => new TextDecoder().decode(bytes), text => new TextEncoder().encode(text));
const text = value => ({ type: 'string', value });

/// One message of a stream: an event of the type \p type, or an exception; \p body is an object, or bytes.
export function message(type, body, kind = 'event') {
    return Buffer.from(codec.encode({
        headers: { [`:${kind}-type`]: text(type), ':content-type': text('application/json'), ':message-type': text(kind) },
        body: body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body)),
    }));
}

/// Why the signature of \p request is not what AWS's signer makes of it for \p service; null when it is.
export async function wrong_signature(request, body, service = 'bedrock') {
    const given = request.headers.authorization ?? '';
    if (given === `Bearer ${bearer}`) return null;
    const signed = /SignedHeaders=([^,]+)/.exec(given)?.[1].split(';');
    const date = request.headers['x-amz-date'];
    if (!signed || !date) return `no signature: ${given}`;
    for (const name of ['host', 'x-amz-date', 'x-amz-security-token', 'content-type'])
        if (!signed.includes(name)) return `${name} is not signed`;
    const when = new Date(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    if (Math.abs(when - Date.now()) > 300_000) return `the signature is of ${date}`;
    const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
    const expected = await signer.sign({
        method: request.method, protocol: 'http:', hostname: '127.0.0.1', path: request.url, query: {}, body,
        headers: Object.fromEntries(signed.map(name => [name, request.headers[name]])),
    }, { signingDate: when });
    return expected.headers.authorization === given ? null : `expected ${expected.headers.authorization}, got ${given}`;
}

// The enumerations of members, by structure and member.
const enums = {
    'ImageBlock.format': sdk.ImageFormat, 'DocumentBlock.format': sdk.DocumentFormat, 'VideoBlock.format': sdk.VideoFormat, 'AudioBlock.format': sdk.AudioFormat,
    'Message.role': sdk.ConversationRole, 'CachePointBlock.type': sdk.CachePointType, 'CachePointBlock.ttl': sdk.CacheTTL, 'ToolResultBlock.status': sdk.ToolResultStatus,
    'ServiceTier.type': sdk.ServiceTierType, 'OutputFormat.type': sdk.OutputFormatType, 'PerformanceConfiguration.latency': sdk.PerformanceConfigLatency,
};

/// What of \p value is not as the SDK's schema has it: [kind, namespace, name, traits, members, their schemas, how many of these are required].
export function judge_shape(schema, value, at = '') {
    while (typeof schema === 'function' || (Array.isArray(schema) && schema.length === 2)) schema = typeof schema === 'function' ? schema() : schema[0];
    const wrong = why => [`${at || 'the body'}: ${why}`];
    if (Array.isArray(schema)) {
        const [kind, , name, , members, schemas, required = 0] = schema;
        if (kind === 1) return Array.isArray(value) ? value.flatMap((v, i) => judge_shape(members, v, `${at}[${i}]`)) : wrong('no list');
        if (value === null || typeof value !== 'object' || Array.isArray(value)) return wrong('no object');
        if (kind === 2) return Object.entries(value).flatMap(([k, v]) => typeof v === 'string' ? [] : wrong(`${k} is no string`));
        if (kind === 0) return [];
        const problems = [];
        if (kind === 4 && Object.keys(value).length !== 1) problems.push(...wrong(`${Object.keys(value).length} members in a union`));
        for (const k of members.slice(0, required)) if (!(k in value)) problems.push(...wrong(`${k} is missing`));
        for (const [k, v] of Object.entries(value)) {
            const i = members.indexOf(k);
            if (i < 0) problems.push(...wrong(`${name} has no ${k}`));
            else problems.push(...judge_shape(schemas[i], v, `${at}.${k}`));
            const words = enums[`${name}.${k}`];
            if (words && !Object.values(words).includes(v)) problems.push(...wrong(`${k} is ${v}`));
        }
        return problems;
    }
    if (schema & 64) return Array.isArray(value) ? value.flatMap((v, i) => judge_shape(schema & ~64, v, `${at}[${i}]`)) : wrong('no list');
    if (schema === 0) return typeof value === 'string' ? [] : wrong('no string');
    if (schema === 1) return typeof value === 'number' ? [] : wrong('no number');
    if (schema === 2) return typeof value === 'boolean' ? [] : wrong('no boolean');
    if (schema === 21) return typeof value === 'string' && value.length > 0 && Buffer.from(value, 'base64').toString('base64') === value ? [] : wrong('no base64');
    return []; // a document: any JSON
}

/// What is wrong with the body of a request for the model \p modelId.
export const judge_body = (modelId, body, stream) => judge_shape(stream ? sdk.ConverseStreamRequest$ : sdk.ConverseRequest$, { modelId, ...body });

/// Answers of a model in the words of the API: content blocks, the reason to stop, and the usage.
export const usage = { inputTokens: 5, outputTokens: 7, totalTokens: 42, cacheReadInputTokens: 10, cacheWriteInputTokens: 20 };
export const answer = (content, stopReason = 'end_turn', more = {}) => ({ content, stopReason, ...more });

/// The answer as the body of Converse.
export const whole = a => ({
    metrics: { latencyMs: 12 }, output: { message: { role: 'assistant', content: a.content } }, stopReason: a.stopReason, usage,
    ...(a.stop_sequence ? { additionalModelResponseFields: { stop_sequence: a.stop_sequence } } : {}),
});

/// The answer as the messages of ConverseStream, texts in two pieces.
export function streamed(a) {
    const halves = s => [s.slice(0, Math.ceil(s.length / 2)), s.slice(Math.ceil(s.length / 2))].filter(Boolean);
    const out = [message('messageStart', { p: 'abcd', role: 'assistant' })];
    a.content.forEach((block, contentBlockIndex) => {
        const delta = d => out.push(message('contentBlockDelta', { contentBlockIndex, delta: d, p: 'abcdefgh' }));
        if (block.text !== undefined) halves(block.text).forEach(t => delta({ text: t }));
        if (block.toolUse) {
            const { input, ...start } = block.toolUse;
            out.push(message('contentBlockStart', { contentBlockIndex, start: { toolUse: start } }));
            halves(JSON.stringify(input)).forEach(t => delta({ toolUse: { input: t } }));
        }
        if (block.reasoningContent?.reasoningText) {
            halves(block.reasoningContent.reasoningText.text).forEach(t => delta({ reasoningContent: { text: t } }));
            delta({ reasoningContent: { signature: block.reasoningContent.reasoningText.signature } });
        }
        if (block.reasoningContent?.redactedContent) delta({ reasoningContent: { redactedContent: block.reasoningContent.redactedContent } });
        out.push(message('contentBlockStop', { contentBlockIndex }));
    });
    out.push(message('messageStop', { stopReason: a.stopReason, ...(a.stop_sequence ? { additionalModelResponseFields: { stop_sequence: a.stop_sequence } } : {}) }));
    out.push(message('metadata', { metrics: { latencyMs: 12 }, usage }));
    return out;
}

/// `next` decides how the following request is answered: an answer, {status, type, body} or {bytes}; `requests` are those that came.
export class Bedrock {
    requests = [];
    problems = [];
    next = answer([{ text: 'Hello.' }]);

    async start() {
        this.server = http.createServer((request, response) => this.#serve(request, response).catch(e => { this.problems.push(String(e)); response.destroy(); }));
        this.server.listen(0, '127.0.0.1');
        await once(this.server, 'listening');
        this.origin = `http://127.0.0.1:${this.server.address().port}`;
        return this;
    }
    async stop() {
        this.server.closeAllConnections();
        await new Promise(done => this.server.close(done));
    }
    reset() { this.requests = []; this.problems = []; }
    get last() { return this.requests.at(-1); }

    async #serve(request, response) {
        const pieces = [];
        for await (const piece of request) pieces.push(piece);
        const bytes = Buffer.concat(pieces);
        const [, encoded, operation] = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(request.url) ?? [];
        if (!encoded || request.method !== 'POST') return this.#fail(response, 404, 'UnknownOperationException', { Output: { __type: 'com.amazon.coral.service#UnknownOperationException' }, Version: '1.0' });
        const signature = await wrong_signature(request, bytes);
        if (signature) {
            this.problems.push(signature);
            return this.#fail(response, 403, 'InvalidSignatureException', { message: 'The request signature we calculated does not match.' });
        }
        const model = decodeURIComponent(encoded), stream = operation === 'converse-stream', body = JSON.parse(bytes);
        this.requests.push({ model, stream, body, path: request.url, headers: request.headers });
        this.problems.push(...judge_body(model, body, stream));
        const next = this.next;
        if (next.status) return this.#fail(response, next.status, next.type, next.body);
        if (!stream) {
            response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': 'r-1' });
            return response.end(JSON.stringify(whole(next)));
        }
        response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'r-1' });
        if (!next.bytes) return response.end(Buffer.concat(streamed(next)));
        response.write(next.bytes);
        if (next.cut) setTimeout(() => response.destroy(), 100);
        else response.end();
    }
    #fail(response, status, type, body) {
        response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`, 'x-amzn-requestid': 'r-err' });
        response.end(JSON.stringify(body));
    }
}
