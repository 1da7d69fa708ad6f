// SPDX-License-Identifier: BSL-1.0
// Signatures and event streams made by AWS's own packages, as a C++ table for tests/unit/wire. aws.test.mjs compares
// the committed table with this one; a new request or message goes in here, and the table is written anew:
//     node tests/conformance/lib/aws_vectors.mjs > tests/unit/wire/aws_vectors.hpp
import { Sha256 } from '@aws-crypto/sha256-js';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { SignatureV4 } from '@smithy/signature-v4';
import { pathToFileURL } from 'node:url';

const id = 'AKIDEXAMPLE', key = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const claude = 'anthropic.claude-3-5-sonnet-20241022-v2:0';
const json = { 'content-type': 'application/json' };

/// Requests as they go on the wire. `service` and `region` as a deployment would have them.
export const requests = [
    { name: 'converse', path: `/model/${encodeURIComponent(claude)}/converse`, headers: json, body: '{"messages":[]}' },
    { name: 'a colon that is not encoded', path: `/model/${claude}/converse-stream`, headers: json, body: '{"messages":[]}' },
    { name: 'an ARN as the model', path: `/model/${encodeURIComponent('arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0')}/invoke`, headers: json, body: '{}' },
    { name: 'a path with spaces', path: '/a%20path/with%20%20spaces/', headers: json, body: 'x' },
    { name: 'a path in Unicode', path: '/%E1%88%B4/gr%C3%BC%C3%9Fe', headers: json, body: 'x' },
    { name: 'segments of dots and nothing', path: '/a//b/./c/../d//', headers: {}, body: '' },
    { name: 'the root', method: 'GET', path: '/', headers: {}, body: '' },
    { name: 'a query out of order', method: 'GET', path: '/foundation-models', query: 'byProvider=Anthropic&a=2&a=1&B=3&empty=&flag', headers: {}, body: '' },
    { name: 'a query with escapes', method: 'GET', path: '/x', query: 'q=a%20b%2Bc%26d%3De&%C3%A4=%E1%88%B4&t=~%2F%3A', headers: {}, body: '' },
    { name: 'a session token', path: '/model/m/converse', headers: json, body: '{}', token: 'IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ==' },
    { name: 'an empty body', path: '/model/m/converse', headers: {}, body: '' },
    { name: 'a body in Unicode', path: '/model/m/converse', headers: json, body: '{"text":"Grüße \u{1F44B}"}' },
    { name: 'fields with spaces and fields that are not signed', path: '/model/m/converse', body: '{}', headers: { ...json, 'x-custom': '  two   words  ', 'user-agent': 'llmx', connection: 'keep-alive', 'x-amzn-bedrock-trace': 'ENABLED' } },
    { name: 'S3', method: 'PUT', path: '/a%20b//c/../d%2Be', headers: json, body: 'bytes', service: 's3', host: 'bucket.s3.eu-central-1.amazonaws.com', region: 'eu-central-1' },
    { name: 'another region and a port', path: '/', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'Action=AssumeRole&Version=2011-06-15', service: 'sts', region: 'ap-southeast-2', host: '127.0.0.1:8443' },
    { name: 'the last second of a leap day', path: '/', headers: {}, body: '', when: 1709251199 },
];

/// Name and value of a query's parameters, as the SDK takes them.
const parameters = query => {
    const out = {};
    for (const [name, value] of new URLSearchParams(query ?? '')) out[name] = name in out ? [out[name], value].flat() : value;
    return out;
};

export async function sign(r) {
    const service = r.service ?? 'bedrock', region = r.region ?? 'us-east-1', host = r.host ?? `bedrock-runtime.${region}.amazonaws.com`;
    const when = r.when ?? 1440938160;
    const signer = new SignatureV4({
        service, region, sha256: Sha256, uriEscapePath: service !== 's3', applyChecksum: true,
        credentials: { accessKeyId: id, secretAccessKey: key, ...(r.token ? { sessionToken: r.token } : {}) },
    });
    const request = {
        method: r.method ?? 'POST', protocol: 'https:', hostname: host, path: r.path, query: parameters(r.query), headers: { host, ...r.headers }, body: r.body,
    };
    const { headers } = await signer.sign(request, { signingDate: new Date(when * 1000) });
    return { ...r, service, region, host, when, method: request.method, authorization: headers.authorization, hash: headers['x-amz-content-sha256'], date: headers['x-amz-date'] };
}

const utf8 = { to: b => new TextDecoder().decode(b), from: s => new TextEncoder().encode(s) };
export const codec = new EventStreamCodec(utf8.to, utf8.from);
const text = value => ({ type: 'string', value });
export const messages = [
    { name: 'nothing', headers: {}, body: '' },
    { name: 'an event', headers: { ':event-type': text('contentBlockDelta'), ':content-type': text('application/json'), ':message-type': text('event') }, body: '{"contentBlockIndex":0,"delta":{"text":"Grüße"}}' },
    { name: 'an exception', headers: { ':exception-type': text('throttlingException'), ':content-type': text('application/json'), ':message-type': text('exception') }, body: '{"message":"Too many requests"}' },
    {
        name: 'all types', body: 'p', headers: {
            yes: { type: 'boolean', value: true }, no: { type: 'boolean', value: false }, i8: { type: 'byte', value: -2 }, i16: { type: 'short', value: -256 },
            i32: { type: 'integer', value: 2147483647 }, b: { type: 'binary', value: Uint8Array.of(0, 1) }, s: text('ä'),
            t: { type: 'timestamp', value: new Date(1713695162368) }, u: { type: 'uuid', value: '00112233-4455-6677-8899-aabbccddeeff' },
        },
    },
];
export const encode = m => Buffer.from(codec.encode({ headers: m.headers, body: utf8.from(m.body) }));

/// \p s as a C++ literal: ASCII as it stands, the rest in octal, which ends after three digits.
const literal = s => `"${[...Buffer.from(s)].map(b => b === 34 || b === 92 ? `\\${String.fromCharCode(b)}`
    : b >= 32 && b < 127 ? String.fromCharCode(b) : `\\${b.toString(8).padStart(3, '0')}`).join('')}"`;

export async function table() {
    const lines = ['// SPDX-License-Identifier: BSL-1.0', '#pragma once', '', '// Generated by tests/conformance/lib/aws_vectors.mjs from AWS\'s own packages.', '',
        '#include <cstdint>', '#include <string_view>', '', 'namespace aws_vectors {', '', 'using namespace std::string_view_literals;', '',
        'struct signed_request {', '    std::string_view name, method, host, target, fields, body, service, region, token;', '    std::int64_t when;',
        '    std::string_view date, hash, authorization;', '};', '', 'inline constexpr signed_request requests[] = {'];
    for (const r of requests) {
        const s = await sign(r);
        const fields = Object.entries(r.headers).map(([n, v]) => `${n}: ${v}\r\n`).join('');
        const texts = [s.name, s.method, s.host, r.query ? `${s.path}?${r.query}` : s.path, fields, s.body, s.service, s.region, s.token ?? ''];
        lines.push(`    {${texts.map(literal).join(', ')}, ${s.when},`, `     ${literal(s.date)}, ${literal(s.hash)},`, `     ${literal(s.authorization)}},`);
    }
    lines.push('};', '', 'struct message {', '    std::string_view name, payload, bytes;', '};', '', 'inline constexpr message messages[] = {');
    for (const m of messages) lines.push(`    {${literal(m.name)}, ${literal(m.body)},`, `     ${literal(encode(m))}sv},`);
    lines.push('};', '', '} // namespace aws_vectors');
    return `${lines.join('\n')}\n`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.stdout.write(await table());
