// SPDX-License-Identifier: BSL-1.0
// Anthropic publishes no reachable description, but its SDK carries generated TypeScript declarations:
// this reads them and checks JSON values against them, strictly (an unknown member is a problem).
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.resolve('@anthropic-ai/sdk')));
const files = ['resources/messages/messages.d.ts', 'resources/shared.d.ts'];

/// Declared types by name ("Tool.InputSchema" for one inside a namespace): {members, index} or a type.
const types = new Map();

// Declarations are read with a small recursive-descent parser of the subset that the generator writes.
class Reader {
    constructor(text) {
        const bare = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
        this.tokens = bare.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*|\d+(?:\.\d+)?|=>|[^\s]/g) ?? [];
        this.at = 0;
    }
    get token() { return this.tokens[this.at]; }
    take(expected) {
        const t = this.tokens[this.at++];
        if (expected !== undefined && t !== expected) throw new Error(`expected ${expected}, found ${t} near ${this.tokens.slice(this.at - 6, this.at + 6).join(' ')}`);
        return t;
    }
    accept(t) { if (this.token !== t) return false; ++this.at; return true; }
    /// Skips to the end of a declaration that is of no interest (a class, a function, an import).
    skip() {
        for (let depth = 0; this.at < this.tokens.length;) {
            const t = this.take();
            if ('{(['.includes(t)) ++depth;
            else if ('})]'.includes(t)) { if (--depth === 0 && t === '}') return; }
            else if (t === ';' && depth === 0) return;
        }
    }
    file() {
        while (this.at < this.tokens.length) {
            const start = this.at;
            this.accept('export');
            this.accept('declare');
            if (this.token === 'interface' || this.token === 'type') { this.declaration(''); continue; }
            if (this.token === 'namespace') {
                this.take();
                const space = this.take();
                this.take('{');
                while (!this.accept('}')) {
                    this.accept('export');
                    if (this.token === 'interface' || this.token === 'type') this.declaration(`${space}.`);
                    else this.skip();
                }
                continue;
            }
            this.at = start;
            this.skip();
        }
    }
    declaration(prefix) {
        const kind = this.take(), name = prefix + this.take();
        if (this.token === '<') { this.skip(); return; }
        const space = prefix.slice(0, -1);
        if (kind === 'type') { this.take('='); types.set(name, this.type(space)); this.accept(';'); return; }
        const parents = [];
        if (this.accept('extends')) do parents.push(this.take()); while (this.accept(','));
        types.set(name, { ...this.object(space), parents });
    }
    object(space) {
        const members = new Map();
        let index = null;
        this.take('{');
        while (!this.accept('}')) {
            if (this.accept('[')) {
                this.take(); this.take(':'); this.take('string'); this.take(']'); this.take(':');
                index = this.type(space);
            } else {
                const name = this.take().replace(/^['"]|['"]$/g, '');
                const optional = this.accept('?');
                this.take(':');
                members.set(name, { type: this.type(space), optional });
            }
            this.accept(';') || this.accept(',');
        }
        return { kind: 'object', members, index, parents: [] };
    }
    type(space) {
        this.accept('|');
        const variants = [this.postfix(space)];
        while (this.accept('|')) variants.push(this.postfix(space));
        return variants.length === 1 ? variants[0] : { kind: 'union', variants };
    }
    postfix(space) {
        let t = this.primary(space);
        while (this.accept('[')) { this.take(']'); t = { kind: 'array', of: t }; }
        return t;
    }
    primary(space) {
        if (this.accept('(')) {
            const t = this.type(space);
            // `(string & {})` is the generator's way to say "any string, these are the known ones".
            if (this.accept('&')) { this.take('{'); this.take('}'); }
            this.take(')');
            return t;
        }
        if (this.token === '{') return this.object(space);
        const t = this.take();
        if (/^['"]/.test(t)) return { kind: 'literal', value: t.slice(1, -1) };
        if (/^\d/.test(t)) return { kind: 'literal', value: Number(t) };
        if (t === 'true' || t === 'false') return { kind: 'literal', value: t === 'true' };
        if (['string', 'number', 'boolean', 'null', 'unknown', 'any', 'undefined'].includes(t)) return { kind: t };
        if (this.accept('<')) {
            const of = this.type(space);
            this.take('>');
            if (t !== 'Array') throw new Error(`generic ${t}`);
            return { kind: 'array', of };
        }
        return { kind: 'name', name: t.replace(/^\w+API\.|^Shared\./, ''), space };
    }
}
for (const f of files) new Reader(fs.readFileSync(path.join(folder, f), 'utf8')).file();

function lookup({ name, space }) {
    const t = types.get(name) ?? types.get(`${space}.${name}`);
    if (!t) throw new Error(`the SDK's declarations do not hold ${name}`);
    return t;
}
function resolve(t) {
    while (t.kind === 'name') t = lookup(t);
    return t;
}
function members_of(t) {
    if (!t.parents.length) return t.members;
    const all = new Map();
    for (const p of t.parents) for (const [k, m] of members_of(resolve({ kind: 'name', name: p.replace(/^\w+API\./, ''), space: '' }))) all.set(k, m);
    for (const [k, m] of t.members) all.set(k, m);
    return all;
}
const flat = t => (t = resolve(t), t.kind === 'union' ? t.variants.flatMap(flat) : [t]);
const nullable = t => flat(t).some(v => v.kind === 'null');

// Members that the newest declarations demand of an answer, but that came after the first version of
// the wire format: an upstream (and aimock) may leave them out.
const later = new Set(['ToolUseBlock.caller', 'ErrorResponse.request_id']);

function check_object(t, value, at, name, problems) {
    const members = members_of(t);
    for (const [k, v] of Object.entries(value)) {
        const m = members.get(k);
        if (m) { if (!(m.optional && v === undefined)) check(m.type, v, `${at}.${k}`, problems); }
        else if (t.index) check(t.index, v, `${at}.${k}`, problems);
        else problems.push(`${at}.${k}: unknown member of ${name}`);
    }
    for (const [k, m] of members)
        if (!(k in value) && !m.optional && !nullable(m.type) && !later.has(`${name}.${k}`) && resolve(m.type).kind !== 'unknown') problems.push(`${at}: ${name} lacks ${k}`);
}
/// Literal members ("type", "role") of \p t that \p value contradicts.
const contradicts = (t, value) => [...members_of(t)].some(([k, m]) => {
    const options = flat(m.type);
    return options.every(o => o.kind === 'literal') && k in value && !options.some(o => o.value === value[k]);
});

function check(type, value, at, problems, name = type.kind === 'name' ? type.name : 'object') {
    const t = resolve(type);
    switch (t.kind) {
    case 'unknown': case 'any': return;
    case 'literal': if (value !== t.value) problems.push(`${at}: ${JSON.stringify(value)?.slice(0, 80)} is not ${JSON.stringify(t.value)}`); return;
    case 'null': if (value !== null) problems.push(`${at}: not null`); return;
    case 'array':
        if (!Array.isArray(value)) problems.push(`${at}: not a list`);
        else value.forEach((v, i) => check(t.of, v, `${at}[${i}]`, problems));
        return;
    case 'object':
        if (value === null || typeof value !== 'object' || Array.isArray(value)) problems.push(`${at}: not an object (${name})`);
        else check_object(t, value, at, name, problems);
        return;
    case 'union': {
        const is_object = value !== null && typeof value === 'object' && !Array.isArray(value);
        let best = null;
        for (const [v, n] of t.variants.flatMap(x => named(x))) {
            const r = resolve(v);
            if (is_object && r.kind === 'object' && contradicts(r, value)) continue;
            const found = [];
            check(v, value, at, found, n);
            if (!found.length) return;
            if (r.kind === (Array.isArray(value) ? 'array' : typeof value) && (!best || found.length < best.length)) best = found;
        }
        problems.push(...(best ?? [`${at}: ${JSON.stringify(value)?.slice(0, 120)} fits no variant of ${name}`]));
        return;
    }
    default: if (typeof value !== t.kind) problems.push(`${at}: ${JSON.stringify(value)?.slice(0, 60)} is not a ${t.kind}`);
    }
}
/// Variants with their names, nested unions opened.
function named(t) {
    const r = resolve(t);
    if (r.kind === 'union') return r.variants.flatMap(named);
    return [[t, t.kind === 'name' ? t.name : 'object']];
}

/// Problems of \p value as the declared type \p name; empty when it fits.
export function check_type(name, value) {
    const problems = [];
    check({ kind: 'name', name, space: '' }, value, name, problems);
    return problems;
}
