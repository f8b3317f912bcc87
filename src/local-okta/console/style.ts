/** The style sheet of the console, for light and dark, wide and narrow windows. */
export const STYLE = `
:root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--ink:#1d2129;--quiet:#535b67;--line:#d3d7de;--edge:#717a87;--accent:#1d4ed8;--on-accent:#fff;--danger:#b3261e;--good:#0b6b3a;--shade:#eef1f6}
@media(prefers-color-scheme:dark){:root{--page:#14161a;--card:#1e2127;--ink:#eceef2;--quiet:#b4bac4;--line:#3a3f49;--edge:#8b93a1;--accent:#9db8ff;--on-accent:#0d1a3d;--danger:#ff9c94;--good:#7fd9a6;--shade:#272b33}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
a{color:var(--accent)}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;top:1rem;padding:.5rem 1rem;background:var(--card)}
header{background:var(--card);border-bottom:1px solid var(--line)}
header>*,main,footer{max-width:66rem;margin-inline:auto;padding-inline:clamp(1rem,4vw,2rem)}
.brand{padding-block:.9rem .25rem;font-weight:650}
.brand a{color:var(--ink);text-decoration:none}
.brand a:hover{text-decoration:underline}
nav ul{display:flex;flex-wrap:wrap;gap:0 .25rem;margin:0 -.6rem;padding:0;list-style:none}
nav a{display:block;padding:.5rem .6rem;border-bottom:3px solid transparent;color:var(--quiet);text-decoration:none}
nav a:hover{color:var(--ink)}
nav a[aria-current]{border-color:var(--accent);color:var(--ink);font-weight:600}
main{padding-block:1.75rem 1rem}
footer{padding-block:1rem 2rem;color:var(--quiet);font-size:.875rem}
h1{margin:0 0 1rem;font-size:1.65rem;line-height:1.25}
h2{margin:0 0 .75rem;font-size:1.15rem}
h3{margin:1.25rem 0 .5rem;font-size:1rem}
p{margin:0 0 .75rem}
section{margin-bottom:1.25rem;padding:clamp(1rem,3vw,1.5rem);background:var(--card);border:1px solid var(--line);border-radius:.6rem}
section>:last-child{margin-bottom:0}
.quiet{color:var(--quiet)}
.small{font-size:.875rem}
.message{margin-bottom:1.25rem;padding:.7rem 1rem;background:var(--card);border:1px solid var(--line);border-left:.3rem solid var(--good);border-radius:.4rem}
.refused{margin:0;color:var(--danger)}
[aria-invalid]{border:2px solid var(--danger)}
.message:focus-visible{outline:none}
.message.error{border-left-color:var(--danger)}
code,pre{font:.9em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace}
pre{margin:0 0 .75rem;padding:.75rem 1rem;background:var(--shade);border-radius:.4rem;white-space:pre-wrap}
.copy{user-select:all}
time{white-space:nowrap}
dl{display:grid;grid-template-columns:minmax(9rem,max-content) 1fr;gap:.4rem 1.5rem;margin:0 0 1rem}
dt{color:var(--quiet)}
dd{margin:0}
table{width:100%;border-collapse:collapse;margin-bottom:1rem}
th,td{padding:.55rem .75rem .55rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{color:var(--quiet);font-size:.875rem;font-weight:600;overflow-wrap:normal}
td:last-child{padding-right:0}
td form{display:inline}
.event{min-width:min(16rem,25vw)}
td.action{width:1%;white-space:nowrap}
.status{display:inline-block;padding:0 .5rem;border:1px solid var(--edge);border-radius:1rem;font-size:.8125rem;white-space:nowrap}
.status.good{border-color:var(--good);color:var(--good)}
.status.bad{border-color:var(--danger);color:var(--danger)}
label,legend{display:block;padding:0;font-weight:600}
.field{margin-bottom:1rem}
.hint{margin:0;color:var(--quiet);font-size:.875rem}
fieldset{margin:0 0 1rem;padding:0;border:0}
.choices{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
.choices.columns{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,19rem),1fr))}
.choices label{display:flex;align-items:center;gap:.5rem;min-height:2rem;font-weight:400}
input,select,textarea{font:inherit;color:inherit;background:var(--card);border:1px solid var(--edge);border-radius:.35rem}
input:not([type=checkbox],[type=radio]),select,textarea{display:block;width:100%;max-width:36rem;min-height:2.5rem;padding:.4rem .6rem}
input[type=checkbox],input[type=radio]{flex:none;width:1.15rem;height:1.15rem;margin:0;accent-color:var(--accent)}
button{min-height:2.5rem;padding:.35rem 1rem;border:1px solid var(--accent);border-radius:.4rem;background:var(--accent);color:var(--on-accent);font:600 1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;cursor:pointer}
button.second{background:none;color:var(--ink);border-color:var(--edge);font-weight:400}
button.danger{background:none;color:var(--danger);border-color:var(--danger);font-weight:400}
td button{min-height:2rem;padding:.1rem .7rem;font-size:.9375rem}
button:hover{filter:brightness(1.12)}
.actions{display:flex;flex-wrap:wrap;gap:.6rem;margin-top:1rem}
.search{display:flex;flex-wrap:wrap;align-items:end;gap:.6rem;margin-bottom:1rem}
.search .field{flex:0 1 30rem;margin:0}
details{margin-bottom:1rem}
summary{padding:.35rem 0;color:var(--accent);font-weight:600;cursor:pointer}
details>form{margin-top:.75rem}
:focus-visible{outline:3px solid #d97706;outline-offset:2px}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media(max-width:40rem){
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.6rem}
table,tbody,tr,td{display:block}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{padding-block:.6rem;border-bottom:1px solid var(--line)}
td,td.action{width:auto;padding:.1rem 0;border:0}
.search .field{flex:1 1 12rem}
td[data-label]:not(:empty)::before{content:attr(data-label) ": ";color:var(--quiet);font-size:.875rem}
td button{margin-top:.35rem;min-height:2.5rem}
}
@media(forced-colors:active){button,.status,section{border-color:ButtonText}}`
