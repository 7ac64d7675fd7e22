"""Pages in the layouts that sites use, each around the same article.

The tests read them, and ``tests.benchmarks.accuracy.pages`` compares what comes out with plain trafilatura.
"""

from collections.abc import Sequence

SHORT_ARTICLE = [
    "The mayor of Zelnik, Ivan Petrov, denied on Monday that the city had paid the gang.",
    "“No money ever left our accounts,” Petrov said.",
    "Shop owner Mira Dobrev accused him of lying to the council.",
]
LONG_ARTICLE = [
    *SHORT_ARTICLE,
    "The council met for three hours on Tuesday evening and heard eleven witnesses, two of them by telephone.",
    "According to a draft of the auditors, seven invoices of the road department carry no signature at all.",
    "Dobrev told the council that two men had come to her shop in March and had asked for four thousand crowns.",
    "“They said the city knew of it,” she recalled. “They laughed when I said that I would call the police.”",
    "Petrov called the testimony “a story from the cinema” and asked why nobody had reported it at the time.",
    "The police confirmed that they had opened an inquiry, but would not say against whom it was directed.",
    "A spokeswoman for the ministry of the interior said that it had not been informed before the weekend.",
    "The gang, known in the valley as the Weavers, has been blamed for a series of fires since the autumn.",
    "The next session of the council is planned for the first week of December, after the report is complete.",
]
CONSENT = (
    "<p>We use cookies to improve your experience and to show adverts. You can accept all cookies, or deny consent in "
    "the settings at any time, or read our privacy policy for more.</p>"
) * 4
LINKS = "".join(
    f"<li><a href='/x{n}'>Minister accused of hiding loan {n} from parliament</a></li>" for n in range(8)
)
RELATED = f"<div class='related-stories'><h3>Related</h3><ul>{LINKS}</ul></div>"
COMMENTS = (
    "<div id='comments'>"
    + "".join(
        f"<div><p>He is lying, the mayor always lies and everybody in the town knows it, reader {n} said.</p></div>"
        for n in range(6)
    )
    + "</div>"
)
SIDEBAR = (
    "<aside class='sidebar'>"
    + "<p>The finance minister said that taxes would fall next year in all the districts of the country.</p>"
    * 5
    + "</aside>"
)
NAVIGATION = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/n'>News</a></li></ul></nav>"
SIGN_UP = "<div class='newsletter-signup'><p>Sign up and get the best stories every morning in your inbox.</p></div>"
TEASERS = (
    "<section><h2>More</h2>"
    + "".join(
        f"<article class='teaser'><p>The minister denied that he had hidden loan number {n}.</p></article>"
        for n in range(5)
    )
    + "</section>"
)

FOOTER = (
    "<footer>"
    + "<p>The publisher says that it is not responsible for the content of other sites.</p>" * 3
    + "</footer>"
)
AUTHOR_BOX = (
    "<div class='author-bio'><p>Ann Lee is a reporter in Zelnik and has covered it for nine years.</p></div>"
)
READ_ALSO = (
    "<p><strong>Read also:</strong> <a href='/x3'>Minister accused of hiding loan 3 from parliament</a></p>"
)
OTHER_STORIES = (
    "<section><h2>Latest</h2>"
    + "".join(
        f"<div><h3><a href='/y{n}'>Loan {n}</a></h3><p>The minister denied that he had hidden loan {n}.</p></div>"
        for n in range(5)
    )
    + "</section>"
)
HIDDEN = "<div style='display:none'><p>This story is part of a package for subscribers of the paper only.</p></div>"
NO_SCRIPT = (
    "<noscript><p>Please enable scripts to read this page and to see all of its videos.</p></noscript>"
)
CAPTION = "<figcaption>Ivan Petrov at the town hall on Monday. Photo: Ann Lee</figcaption>"
FIGURE = f"<figure><img src='a.jpg'>{CAPTION}</figure>"
SHARE_BAR = "<div class='share-bar'><ul><li>Share</li><li>Tweet</li></ul></div>"
PAYWALL = "<div class='paywall'><p>To read on, subscribe for one crown a month.</p></div>"


def make_pages(paragraphs: Sequence[str]) -> dict[str, str]:
    """Return the body of a page by the name of its layout."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    first, rest = paragraphs[0], "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs[1:])
    entries = "".join(
        f"<article class='entry'><time>14:{n:02}</time><p>{paragraph}</p></article>"
        for n, paragraph in enumerate(paragraphs)
    )
    return {
        "article": f"{NAVIGATION}<article><h1>Mayor denies</h1>{text}</article>",
        "cookie banner first": f"<div class='cookie-banner'>{CONSENT}</div><main><article>{text}</article></main>",
        "consent last": f"<article>{text}</article><div id='onetrust-consent-sdk'>{CONSENT}</div>",
        "consent without a name": f"<div>{CONSENT}</div><article>{text}</article>",
        "dialog": f"<dialog open>{CONSENT}</dialog><div class='content'>{text}</div>",
        "modal": f"<div role='dialog' aria-modal='true'>{CONSENT}</div><div class='content'>{text}</div>",
        "related below": f"<article>{text}</article>{RELATED}",
        "related inside": f"<article>{text}{RELATED}</article>",
        "comments": f"<article>{text}</article>{COMMENTS}",
        "comments inside": f"<main><div class='story'>{text}</div>"
        f"<section class='comments'>{COMMENTS}</section></main>",
        "sidebar": f"<div class='wrap'><div class='story-body'>{text}</div>{SIDEBAR}</div>",
        "sidebar first": f"{SIDEBAR}<div id='main-content'>{text}</div>",
        "line breaks": "<div class='post'>" + "<br><br>".join(paragraphs) + "</div>",
        "divisions": "<div class='post'>" + "".join(f"<div>{p}</div>" for p in paragraphs) + "</div>",
        "table": f"<table><tr><td>{NAVIGATION}</td><td>{text}</td></tr></table>",
        "amp": f"<main role='main'><amp-img src='a.jpg'></amp-img><div class='amp-article-body'>{text}</div></main>",
        "print": f"<h1>Mayor denies</h1><hr>{text}<hr><p>Printed from https://paper.example/a</p>",
        "microdata": f"<div itemtype='http://schema.org/Article'><div itemprop='articleBody'>{text}</div></div>"
        f"{SIDEBAR}",
        "newsletter inside": f"<article>{text}</article>".replace("<p>“", f"{SIGN_UP}<p>“"),
        "teasers": f"<article>{text}</article>{TEASERS}",
        "footer": f"<article>{text}</article>{FOOTER}",
        "live entries": f"<main><h1>Live</h1>{entries}</main>",
        "related class on the article": f"<div class='related-tags'><article><h1>Mayor</h1>{text}</article></div>",
        "consent beside no article": f"<div>{CONSENT}</div><div class='text'>{text}</div>",
        "consent in a cell": f"<table><tr><td>{CONSENT}</td><td>{text}</td></tr></table>",
        "advertisement inside": f"<main>{text}</main>".replace(
            "<p>“", "<div class='ad'><p>Buy our tents.</p></div><p>“"
        ),
        "comment class on the body": f"<div class='has-comments'><h1>Mayor denies</h1>{text}</div>",
        "headings inside": f"<article><h1>Mayor denies</h1><p>{first}</p><h2>The council</h2>{rest}</article>",
        "list inside": f"<article><p>{first}</p><ul>"
        + "".join(f"<li>{p}</li>" for p in paragraphs[1:])
        + "</ul></article>",
        "quotation inside": f"<article><p>{first}</p><blockquote><p>{paragraphs[1]}</p></blockquote>"
        + "".join(f"<p>{p}</p>" for p in paragraphs[2:])
        + "</article>",
        "picture inside": f"<article><p>{first}</p><figure><img src='a.jpg' alt='The mayor'></figure>{rest}</article>",
        "links inside": "<article>"
        + "".join(f"<p><a href='/x'>{p[:20]}</a>{p[20:]}</p>" for p in paragraphs)
        + "</article>",
        "spans and emphasis": "<div class='story'>"
        + "".join(f"<p><span><b>{p[:9]}</b>{p[9:]}</span></p>" for p in paragraphs)
        + "</div>",
        "summary beside": f"<main><div class='summary'><p>{first}</p></div><div class='body'>{rest}</div></main>",
        "share bar inside": f"<article><p>{first}</p>{SHARE_BAR}{rest}</article>",
        "author box": f"<article>{text}{AUTHOR_BOX}</article>",
        "read also inside": f"<article><p>{first}</p>{READ_ALSO}{rest}</article>",
        "other stories below": f"<main><article>{text}</article>{OTHER_STORIES}</main>",
        "other stories in one block": f"<main><div>{text}</div>{OTHER_STORIES}</main>",
        "hidden text": f"<article><p>{first}</p>{HIDDEN}{rest}</article>",
        "no script": f"<article>{NO_SCRIPT}{text}</article>",
        "caption inside": f"<article><p>{first}</p>{FIGURE}{rest}</article>",
        "paywall": f"<article>{text}{PAYWALL}</article>",
    }
