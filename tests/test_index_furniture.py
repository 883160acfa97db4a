"""What sites put around their articles, and sentences of articles that only look like it."""

import pytest

from index.boilerplate import boilerplate, content_sentences


def marked(text: str) -> list[str]:
    return [text[span.start : span.end] for span in boilerplate(text)]


def kept(text: str) -> list[str]:
    return [text[span.start : span.end] for span in content_sentences(text)]


BODY = "The council met on Monday. It voted to close the bridge."

LINES_OF_PAGES = """
Advertisement
- ADVERTISEMENT -
Story continues below
Article continues after advertisement
Continue reading the main story
Read full article
Skip to main content
Load more
5 min read
By Staff Writer
By our Web Desk
Staff and agencies
Comments (0)
12 comments
Comments: 4
Comments
Leave a comment
View all 31 comments
Be the first to comment
Comments are closed.
1.2K shares 340 comments
Related news
Related Articles:
Most read
You may also like
More stories
READ MORE: Council delays vote on harbour tunnel
See also: The bridge in pictures
Related: Who pays for the bridge?
Also read: Ten facts about bridges
Share this article
Share on Facebook
Facebook Twitter WhatsApp Email
Follow us on Twitter @example
Like us on Facebook and never miss a story
Sign up for our daily newsletter
Subscribe to our YouTube channel
Subscribe
Click here to read more about the bridge.
Get the best of our politics coverage in your inbox
We use cookies to improve your experience. By using this site, you agree to our policy.
Your browser does not support the video tag.
Please enable JavaScript to view the comments.
Last updated: 3 May 2021, 10:15 a.m. ET
Updated 2 hours ago
Published on Thu 31 May 2018 14.05 BST
Tags: bridges, harbour, council
Filed under: Politics
Home > News > Politics
Home | World | Business | Sport | Contact us
News | Opinion | Sport | Culture | Lifestyle
HomeNewsWorldPoliticsSport
About us Contact us Privacy policy Terms of use
Image source, Getty Images
Photo: Jane Roe/Reuters
REUTERS/Jane Roe
AFP via Getty Images
Copyright 2021 Example Media Ltd. All rights reserved.
© 2019 Example News
Copyright The Example Company 2020.
This material may not be published, broadcast or redistributed.
Reprinted with permission of the Example Institute.
This article was originally published on Example.org.
The views expressed in this article are those of the author.
Reporting by Jane Roe; Editing by Richard Doe
Example Press writer Jane Roe contributed to this report.
[an error occurred while processing this directive]
404 Not Found
Internal Server Error
HTTP Error 503. Service Unavailable
Warning: mysql_connect() [function.mysql-connect]: Access denied in /www/db.php on line 12
Notice: Undefined index: id in /srv/index.php on line 3
Error establishing a database connection
"""


@pytest.mark.parametrize("line", LINES_OF_PAGES.strip().split("\n"))
def test_a_line_of_the_page_is_marked_wherever_it_stands(line: str) -> None:
    for text in (
        f"{BODY}\n\n{line}",
        f"{BODY}\r\n{line}\r\n{BODY} Ships must wait.",
        f"{line}\n{BODY}",
    ):
        assert not any(part in line for part in kept(text)), text
        assert "It voted to close the bridge." in kept(text)


SENTENCES_OF_ARTICLES = """
Comments by the minister drew 12 replies on Monday.
Copyright law protects the song until 2040.
The Copyright Act of 1976 was changed by Congress.
Advertisement sales fell by a tenth last year.
Related news of the strike reached the port at noon.
Published in 1998, the book sold 10,000 copies.
The film was first published on tape in May 2001.
The site uses cookies, the regulator found.
Regulators say that we use cookies without knowing it.
Home prices rose and more people subscribe to newspapers.
Click rates fell, and here is why.
Share prices at Facebook and Twitter fell.
By Monday the staff had left.
He shared the post on Facebook and Twitter with friends.
The warning came on line 5 of the metro.
A 404 error page greeted visitors on Monday.
All rights are reserved to the heirs, the court said.
See also how the mayor voted, she told the crowd.
Read more books, the minister told pupils.
More than 500 comments reached the council.
Watch sales fell in Geneva.
Sign up fees will rise, the newsletter of the club said in May.
She followed us on foot to the harbour.
Reporting by the paper showed that the bridge was unsafe.
She bought a YouTube T-shirt, a McDonald burger, an iPhone and a JavaScript book.
FedEx and PayPal want MORE from McKinsey and DeVos, said Ronald McDonald.
The rapper LeBron DeShawn asked for MORE McNuggets from McDonald's.
The reporters of BuzzFeed BuzzFeed wanted MORE left with MacKay MacLeod for MORE.
The slogan read "WE WANT MORE" and President Trump signed it.
The permission was reproduced in the licensed edition.
Views expressed at the meeting were mixed.
Like many people on Twitter, she was angry.
Pictures, books and films from the flood
The museum's photo by Jane Roe shows the old bridge.
"""


@pytest.mark.parametrize("sentence", SENTENCES_OF_ARTICLES.strip().split("\n"))
def test_a_sentence_that_only_speaks_of_such_things_is_kept(sentence: str) -> None:
    assert marked(sentence) == []
    text = f"Bridge to close\n\n{BODY} {sentence} Ships must wait.\n{sentence}"
    assert marked(text) == []
