"""Constructions: sentences with the source, cue and content of every statement in them; near misses have none."""

from collections.abc import Callable

import pytest

from tasks.attribution.cue_lexicon import CueLexicon
from tasks.attribution.statements import find_statements
from tasks.document.doc import Doc

Found = tuple[str | None, str | None, str]

SENTENCES: dict[str, dict[str, list[Found]]] = {
    "clauses": {
        "The minister said on Monday that the bridge was unsafe.": [
            ("The minister", "said", "that the bridge was unsafe")
        ],
        "The minister told a reporter that the bridge was unsafe.": [
            ("The minister", "told", "that the bridge was unsafe")
        ],
        "Minister says bridge unsafe": [("Minister", "says", "bridge unsafe")],
        "Mayor denies hiding report": [("Mayor", "denies", "hiding report")],
        "The minister said nothing.": [],
        "The clock says noon.": [],
        "The minister said that the bridge was unsafe.": [
            ("The minister", "said", "that the bridge was unsafe")
        ],
        "The minister said the bridge was unsafe and the road was closed.": [
            ("The minister", "said", "the bridge was unsafe and the road was closed")
        ],
        "The minister asked whether the bridge was safe.": [
            ("The minister", "asked", "whether the bridge was safe")
        ],
        "The court ruled that the law was void.": [("The court", "ruled", "that the law was void")],
        "Experts warn that prices will rise.": [("Experts", "warn", "that prices will rise")],
        "He wondered why nobody had called.": [("He", "wondered", "why nobody had called")],
    },
    "what is not said": {
        "It was an attempt to dismiss the report.": [],
        "She has the right to reject the offer.": [],
        "Pressure to pledge that the road would reopen grew.": [],
        "The party praised him for criticising the plan.": [
            ("The party", "praised", "him for criticising the plan")
        ],
        "He is in charge of the bridge.": [],
        "They made a charge of fraud.": [("They", "charge", "fraud")],
    },
    "infinitives and gerunds": {
        "The council agreed to close the bridge.": [("The council", "agreed", "to close the bridge")],
        "The engineer admitted to hiding the report.": [("The engineer", "admitted", "hiding the report")],
        "The report recommended closing the bridge.": [("The report", "recommended", "closing the bridge")],
        "The mayor tried to close the bridge.": [],
        "The mayor stopped to watch the bridge.": [],
        "The mayor promised to rebuild the bridge.": [("The mayor", "promised", "to rebuild the bridge")],
        "The union accused the company of hiding the report.": [
            ("The union", "accused", "the company of hiding the report")
        ],
        "The driver admitted having moved the barrier.": [
            ("The driver", "admitted", "having moved the barrier")
        ],
        "The company denied hiding the report.": [("The company", "denied", "hiding the report")],
        "The general ordered the troops to withdraw.": [("The general", "ordered", "the troops to withdraw")],
        "The minister called on the rebels to lay down their arms.": [
            ("The minister", "called on", "the rebels to lay down their arms")
        ],
        "The group threatened to blow up the dam.": [("The group", "threatened", "to blow up the dam")],
    },
    "appeal to an authority": {
        "She walked according to the rules.": [],
        "Everything went according to plan.": [],
        "The tax is ten euros per day.": [],
        "In a word, the bridge was unsafe.": [],
        "According to two engineers, the bridge was unsafe.": [
            ("two engineers", "According to", "the bridge was unsafe")
        ],
        "The bridge was unsafe, according to the report.": [
            ("the report", "according to", "The bridge was unsafe")
        ],
        "The bridge, according to the engineers, was unsafe.": [
            ("the engineers", "according to", "The bridge … was unsafe")
        ],
        "In the words of the mayor, the bridge was a disgrace.": [
            ("the mayor", "In the words of", "the bridge was a disgrace")
        ],
        "Per the report, the bridge was unsafe.": [("the report", "Per", "the bridge was unsafe")],
    },
    "inverted and parenthetical cues": {
        "The bridge, so the song goes, was unsafe.": [],
        "As the bridge opened, the band played.": [],
        "The bridge was unsafe, said the minister.": [("the minister", "said", "The bridge was unsafe")],
        "The bridge was unsafe, the minister said.": [("the minister", "said", "The bridge was unsafe")],
        "The bridge, the minister said, was unsafe.": [("the minister", "said", "The bridge … was unsafe")],
        "As the minister noted, the bridge was unsafe.": [("the minister", "noted", "the bridge was unsafe")],
    },
    "quotations": {
        "“It is unsafe“, said the minister.": [("the minister", "said", "“It is unsafe“")],
        "The bridge was “unsafe” and “ugly,” the minister said, and “should be closed.”": [
            ("the minister", "said", "The bridge was “unsafe” and “ugly,” … and “should be closed.”")
        ],
        "“The bridge is unsafe,” said the minister, who spoke on Monday.  “It will fall.”": [
            ("the minister", "said", "“The bridge is unsafe,” … “It will fall.”")
        ],
        "“The bridge is unsafe,” he said. “It will fall.”\n\n“We will close it.”": [
            ("he", "said", "“The bridge is unsafe,” … “It will fall.” … “We will close it.”")
        ],
        "“He told me ‘the bridge is unsafe’ and left,” the driver said.": [
            ("the driver", "said", "“He told me ‘the bridge is unsafe’ and left,”")
        ],
        "The minister said: “The bridge is unsafe.": [("The minister", "said", "“The bridge is unsafe.")],
        "“Is the bridge safe?” asked the mayor.": [("the mayor", "asked", "“Is the bridge safe?”")],
        "“The bridge is unsafe,” the minister said, adding: “It will fall.”": [
            ("the minister", "said", "“The bridge is unsafe,”"),
            ("the minister", "adding", "“It will fall.”"),
        ],
        "He bought “The Art of War” and left.": [],
        "The “unsafe” bridge was closed.": [],
        "“The bridge is unsafe,” the minister said.": [("the minister", "said", "“The bridge is unsafe,”")],
        "“The bridge is unsafe,” said Ann Lee, the minister.": [
            ("Ann Lee, the minister", "said", "“The bridge is unsafe,”")
        ],
        '"The bridge is unsafe," she said.': [("she", "said", '"The bridge is unsafe,"')],
        "The minister said: “The bridge is unsafe.”": [("The minister", "said", "“The bridge is unsafe.”")],
        "“The bridge,” the minister said, “is unsafe.”": [
            ("the minister", "said", "“The bridge,” … “is unsafe.”")
        ],
        "“The bridge is unsafe,” Ann Lee said. “We will close it. Nobody should use it.”": [
            ("Ann Lee", "said", "“The bridge is unsafe,” … “We will close it. Nobody should use it.”")
        ],
        "Ann Lee said: “The bridge is unsafe.\n\n“We will close it.”": [
            ("Ann Lee", "said", "“The bridge is unsafe. … “We will close it.”")
        ],
        "“The bridge is unsafe,” Ann Lee said.\n\n“We will close it,” she added.": [
            ("Ann Lee", "said", "“The bridge is unsafe,”"),
            ("she", "added", "“We will close it,”"),
        ],
        "The minister said the bridge was “a disgrace” and would be closed.": [
            ("The minister", "said", "the bridge was “a disgrace” and would be closed")
        ],
        "The bridge was “a disgrace,” the minister said.": [
            ("the minister", "said", "The bridge was “a disgrace,”")
        ],
        "The minister called the bridge “a disgrace.”": [
            ("The minister", "called", "the bridge “a disgrace.”")
        ],
        "Ann Lee wrote:\n\nThe bridge is unsafe. We will close it.": [
            ("Ann Lee", "wrote", "The bridge is unsafe. We will close it")
        ],
        "“We were never asked,” Omar Aziz, a spokesman for the ministry, said in a statement.": [
            ("Omar Aziz, a spokesman for the ministry", "said", "“We were never asked,”")
        ],
    },
    "whose gerund it is": {
        "Mr Holm attacked Ms Lee for claiming that the vote was rigged.": [
            ("Mr Holm", "attacked", "Ms Lee for claiming that the vote was rigged"),
            ("Ms Lee", "claiming", "that the vote was rigged"),
        ],
        "The union accused the company of claiming that the bridge was safe.": [
            ("The union", "accused", "the company of claiming that the bridge was safe"),
            ("the company", "claiming", "that the bridge was safe"),
        ],
        "Mr Holm stopped Ms Lee from saying that the vote was rigged.": [
            ("Ms Lee", "saying", "that the vote was rigged")
        ],
        "The bank pressed the firm into admitting that the books were wrong.": [
            ("the firm", "admitting", "that the books were wrong")
        ],
        "The paper quoted Mr Holm as saying that the vote was rigged.": [
            ("The paper", "quoted", "Mr Holm as saying that the vote was rigged"),
            ("Mr Holm", "saying", "that the vote was rigged"),
        ],
        "The mayor surprised the engineer by saying that the bridge was unsafe.": [
            ("The mayor", "saying", "that the bridge was unsafe")
        ],
        "The mayor left the meeting after saying that the bridge was unsafe.": [
            ("The mayor", "saying", "that the bridge was unsafe")
        ],
    },
    "who is asked or told does not speak": {
        "The driver shrugged when asked whether the bridge was safe.": [
            (None, "asked", "whether the bridge was safe")
        ],
        "Most drivers, if told that the bridge was unsafe, would turn back.": [],
        "Asked by reporters whether he took the money, Mr Holm said no.": [
            ("reporters", "Asked", "whether he took the money")
        ],
    },
    "what somebody is asked to say is not said": {
        "Mr Holm asked Ms Lee to deny that the vote was rigged.": [
            ("Mr Holm", "asked", "Ms Lee to deny that the vote was rigged")
        ],
        "Mr Holm urged Ms Lee to say that the vote was rigged.": [
            ("Mr Holm", "urged", "Ms Lee to say that the vote was rigged")
        ],
        "Mr Holm wants Ms Lee to say that the vote was rigged.": [
            ("Mr Holm", "wants", "Ms Lee to say that the vote was rigged")
        ],
        "Mr Holm went on to say that the vote was rigged.": [("Mr Holm", "say", "that the vote was rigged")],
    },
    "the clause of a noun that a verb is about": {
        "The ministry responded to claims by residents that the dam had leaked.": [
            ("residents", "claims", "that the dam had leaked")
        ],
        "The company maintains, despite the union’s claims, that everybody was warned.": [
            ("The company", "maintains", "that everybody was warned")
        ],
        "The ministry said in a statement that the dam had leaked.": [
            ("The ministry", "said", "that the dam had leaked")
        ],
    },
    "what another says of a statement is no part of it": {
        "The ministry said it had no record of the flight, a claim the firm called “laughable.”": [
            ("The ministry", "said", "it had no record of the flight"),
            ("the firm", "called", "“laughable.”"),
        ],
        "Ms Lee accused Mr Holm of fraud, which he denied.": [("Ms Lee", "accused", "Mr Holm of fraud")],
    },
    "quotations that the author's sentence goes on with": {
        "After the flood in the north, “the town has no time to lose,” the mayor said.": [
            (
                "the mayor",
                "said",
                "After the flood in the north, “the town has no time to lose,”",
            )
        ],
        "The mayor said that the town had two choices: “We rebuild it or we leave it.”": [
            ("The mayor", "said", "that the town had two choices … “We rebuild it or we leave it.”")
        ],
        "The mayor described the bridge as “unsafe,” adding that it would close.": [
            ("The mayor", "described", "the bridge as “unsafe,”"),
            ("The mayor", "adding", "that it would close"),
        ],
        "They met the mayor, who called it “a disgrace,” and the engineer, who says it is “a danger.”": [
            ("who", "called", "it “a disgrace,”"),
            ("who", "says", "it is “a danger.”"),
        ],
        "“The danger,” said Ann Lee, an engineer who runs the yard, “is that the bridge will fall.”": [
            ("Ann Lee, an engineer", "said", "“The danger,” … “is that the bridge will fall.”")
        ],
    },
    "layout": {
        "Q: Is the bridge unsafe?\n\nA: No, it is not.": [
            ("Q", None, "Is the bridge unsafe?"),
            ("A", None, "No, it is not"),
        ],
        "Time: 10 a.m.": [],
        "Ann Lee: “The bridge is unsafe.”": [("Ann Lee", ":", "“The bridge is unsafe.”")],
        "LEE: The bridge is unsafe.\n\nSMITH: I do not think so.": [
            ("LEE", ":", "The bridge is unsafe"),
            ("SMITH", ":", "I do not think so"),
        ],
        "Poll: most voters undecided": [("Poll", ":", "most voters undecided")],
    },
    "nouns": {
        "The union’s allegation that the company hid the report was unfounded.": [
            ("The union", "allegation", "that the company hid the report")
        ],
        "There are fears that the bridge will fall.": [(None, "fears", "that the bridge will fall")],
        "The question of money remained.": [],
        "The claim was paid by the insurer.": [],
        "The claim that the bridge was unsafe surprised nobody.": [
            (None, "claim", "that the bridge was unsafe")
        ],
        "The minister’s accusation that the company hid the report surprised nobody.": [
            ("The minister", "accusation", "that the company hid the report")
        ],
        "The company faces allegations of fraud.": [(None, "allegations", "fraud")],
        "She rejected allegations he had lied.": [
            ("She", "rejected", "allegations he had lied"),
            (None, "allegations", "he had lied"),
        ],
    },
    "passives": {
        "The minister has been accused by two former aides of hiding the report.": [
            ("two former aides", "accused", "The minister … of hiding the report")
        ],
        "The bridge is thought to have been built in 1901.": [
            (None, "thought", "The bridge … to have been built in 1901")
        ],
        "The bridge was used to carry coal.": [],
        "The bridge is supposed to carry coal.": [],
        "The inspectors were denied entry.": [],
        "The company was accused by the union of hiding the report.": [
            ("the union", "accused", "The company … of hiding the report")
        ],
        "The company was accused of hiding the report.": [
            (None, "accused", "The company … of hiding the report")
        ],
        "The bridge is believed to be unsafe.": [(None, "believed", "The bridge … to be unsafe")],
        "The plan was criticized by the opposition.": [("the opposition", "criticized", "The plan")],
    },
    "hearsay and appearance": {
        "The bridge is said to be unsafe.": [(None, "said", "The bridge … to be unsafe")],
        "The chief, allegedly drunk, fired two shots.": [
            (None, "allegedly", "The chief, allegedly drunk, fired two shots")
        ],
        "The bridge appeared in a film.": [],
        "The chief has reportedly fled.": [(None, "reportedly", "The chief has reportedly fled")],
        "The guards allegedly opened fire on the crowd.": [
            (None, "allegedly", "The guards allegedly opened fire on the crowd")
        ],
        "It seems that the bridge is unsafe.": [(None, "seems", "that the bridge is unsafe")],
        "The bridge seems to be unsafe.": [],
        "The mayor did not mention the bridge.": [],
    },
    "what the hearer is asked is nobody's statement": {
        "Do you think that Mr Holm lied?": [],
        "You said that Mr Holm lied, did he?": [("You", "said", "that Mr Holm lied, did he")],
        "You think that Mr Holm lied.": [("You", "think", "that Mr Holm lied")],
    },
    "what somebody does not do is not said": {
        "Ms Lee stopped just short of accusing Mr Holm of fraud.": [],
        "Ms Lee, who has avoided blaming Mr Holm, said he knew.": [("Ms Lee", "said", "he knew")],
        "Ms Lee refused to blame or to accuse Mr Holm.": [("Ms Lee", "refused", "to blame")],
        "Ms Lee could not avoid blaming Mr Holm.": [("Ms Lee", "blaming", "Mr Holm")],
        "Ms Lee did not shy away from blaming Mr Holm.": [("Ms Lee", "blaming", "Mr Holm")],
        "Ms Lee was not reluctant to blame Mr Holm.": [
            ("Ms Lee", "reluctant", "to blame Mr Holm"),
            ("Ms Lee", "blame", "Mr Holm"),
        ],
        "Ms Lee refused to resign, blaming Mr Holm.": [
            ("Ms Lee", "refused", "to resign"),
            ("Ms Lee", "blaming", "Mr Holm"),
        ],
        "The guards refuse, blaming Ms Lee.": [("The guards", "blaming", "Ms Lee")],
        "Ms Lee declined to say who took the money.": [("Ms Lee", "declined", "to say who took the money")],
        "Ms Lee avoided saying that Mr Holm knew.": [],
        "Ms Lee resigned instead of blaming Mr Holm.": [],
        "Ms Lee will accuse Mr Holm of fraud.": [],
        "Ms Lee did not apologise, instead accusing Mr Holm of fraud.": [
            ("Ms Lee", "accusing", "Mr Holm of fraud")
        ],
        "Ms Lee was away when the guards began to blame Mr Holm.": [("the guards", "blame", "Mr Holm")],
        "Ms Lee did not leave when Mr Holm began to blame the guards.": [("Mr Holm", "blame", "the guards")],
        "Ms Lee did not deny accusing Mr Holm.": [
            ("Ms Lee", "did not deny", "accusing Mr Holm"),
            ("Ms Lee", "accusing", "Mr Holm"),
        ],
        "Ms Lee set up a website to accuse Mr Holm of fraud.": [("Ms Lee", "accuse", "Mr Holm of fraud")],
        "Ms Lee was not only willing to accuse Mr Holm but did so.": [
            ("Ms Lee", "willing", "to accuse Mr Holm"),
            ("Ms Lee", "accuse", "Mr Holm"),
        ],
        "Ms Lee did not try to blame Mr Holm.": [],
        "Drivers were more likely to say that the bridge was unsafe.": [
            ("Drivers", "say", "that the bridge was unsafe")
        ],
        "Ms Lee tried to blame Mr Holm.": [("Ms Lee", "blame", "Mr Holm")],
        "Ms Lee threatened to accuse Mr Holm of fraud.": [
            ("Ms Lee", "threatened", "to accuse Mr Holm of fraud")
        ],
        "Ms Lee denied that she had accused Mr Holm of fraud.": [
            ("Ms Lee", "denied", "that she had accused Mr Holm of fraud")
        ],
        "Ms Lee denied a report that accused Mr Holm of fraud.": [
            ("Ms Lee", "denied", "a report that accused Mr Holm of fraud")
        ],
        "Ms Lee failed to show up and blamed Mr Holm.": [("Ms Lee", "blamed", "Mr Holm")],
    },
    "attitudes": {
        "The mayor plans to close the bridge.": [("The mayor", "plans", "to close the bridge")],
        "The mayor hopes that the bridge will hold.": [("The mayor", "hopes", "that the bridge will hold")],
        "The mayor knows that the bridge is unsafe.": [("The mayor", "knows", "that the bridge is unsafe")],
        "The government, backed by foreign troops, held the port.": [],
        "The mayor knows the way.": [],
        "The minister thinks the bridge is unsafe.": [("The minister", "thinks", "the bridge is unsafe")],
        "The mayor wants to rebuild the bridge.": [("The mayor", "wants", "to rebuild the bridge")],
        "The council learned that the bridge was unsafe.": [
            ("The council", "learned", "that the bridge was unsafe")
        ],
        "Residents fear that the bridge will fall.": [("Residents", "fear", "that the bridge will fall")],
        "Fears that the bridge will fall have kept visitors away.": [
            (None, "Fears", "that the bridge will fall")
        ],
        "The mayor is confident that the bridge is safe.": [
            ("The mayor", "confident", "that the bridge is safe")
        ],
        "The claim that the bridge was safe is dubious.": [
            (None, "claim", "that the bridge was safe"),
            (None, "dubious", "The claim that the bridge was safe is dubious"),
        ],
    },
    "documents that speak": {
        "The survey found that most residents want a new bridge.": [
            ("The survey", "found", "that most residents want a new bridge")
        ],
        "The White House said the bridge was unsafe.": [("The White House", "said", "the bridge was unsafe")],
        "The report lies on the table.": [],
        "The report says the bridge is unsafe.": [("The report", "says", "the bridge is unsafe")],
        "A poll shows most residents want a new bridge.": [
            ("A poll", "shows", "most residents want a new bridge")
        ],
        "The mayor tweeted that the bridge was safe.": [("The mayor", "tweeted", "that the bridge was safe")],
        "The general issued a statement saying the bridge was unsafe.": [
            ("The general", "saying", "the bridge was unsafe")
        ],
        "The general said in a statement that the bridge was unsafe.": [
            ("The general", "said", "that the bridge was unsafe")
        ],
    },
    "coordinated cues": {
        "The mayor said the bridge was safe, but the engineer warned that it would fall.": [
            ("The mayor", "said", "the bridge was safe"),
            ("the engineer", "warned", "that it would fall"),
        ],
        "The mayor said the bridge was safe and denied that he had seen the report.": [
            ("The mayor", "said", "the bridge was safe"),
            ("The mayor", "denied", "that he had seen the report"),
        ],
        "The mayor praised the engineers and criticized the council.": [
            ("The mayor", "praised", "the engineers"),
            ("The mayor", "criticized", "the council"),
        ],
        "She left the town, adding that she would return.": [("She", "adding", "that she would return")],
    },
    "nested statements": {
        "The mayor said the union claimed that the company had accused the driver of theft.": [
            ("The mayor", "said", "the union claimed that the company had accused the driver of theft"),
            ("the union", "claimed", "that the company had accused the driver of theft"),
            ("the company", "accused", "the driver of theft"),
        ],
        "The mayor said experts believe that the bridge is safe.": [
            ("The mayor", "said", "experts believe that the bridge is safe"),
            ("experts", "believe", "that the bridge is safe"),
        ],
    },
    "unnamed sources": {
        "An official, speaking on condition of anonymity, said the bridge was unsafe.": [
            ("An official", "said", "the bridge was unsafe")
        ],
        "The bridge was unsafe, one person briefed on the matter said.": [
            ("one person briefed on the matter", "said", "The bridge was unsafe")
        ],
        "Two officials who spoke on condition of anonymity said the bridge was unsafe.": [
            ("Two officials", "said", "the bridge was unsafe")
        ],
        "A person familiar with the talks said that the deal was close.": [
            ("A person familiar with the talks", "said", "that the deal was close")
        ],
    },
    "full sources": {
        "Ann Lee, who chairs the council, said that the bridge was unsafe.": [
            ("Ann Lee", "said", "that the bridge was unsafe")
        ],
        "Rear Adm. Joan Hill, the fleet’s commander, said that the ship was lost.": [
            ("Rear Adm. Joan Hill, the fleet’s commander", "said", "that the ship was lost")
        ],
        "Its director, Ann Lee, said the museum would close.": [
            ("Its director, Ann Lee", "said", "the museum would close")
        ],
        "Ann Lee and Omar Aziz said the museum would close.": [
            ("Ann Lee and Omar Aziz", "said", "the museum would close")
        ],
        "Asked about the bridge, the mayor said it was safe.": [("the mayor", "said", "it was safe")],
    },
    "full cues": {
        "The mayor did not say that the bridge was unsafe.": [
            ("The mayor", "did not say", "that the bridge was unsafe")
        ],
        "The minister never denied that he had seen the report.": [
            ("The minister", "never denied", "that he had seen the report")
        ],
        "The mayor pointed out that the bridge was safe.": [
            ("The mayor", "pointed out", "that the bridge was safe")
        ],
        "The mayor pointed at the bridge.": [],
    },
    "ends of contents": {
        "The minister said she would close the bridge, which was built in 1901.": [
            ("The minister", "said", "she would close the bridge")
        ],
        "The minister said the bridge was unsafe, although engineers had passed it in May.": [
            ("The minister", "said", "the bridge was unsafe")
        ],
        "The minister said the bridge, which was built in 1901, was unsafe.": [
            ("The minister", "said", "the bridge, which was built in 1901, was unsafe")
        ],
        "The minister said she would close every bridge that was built in 1901.": [
            ("The minister", "said", "she would close every bridge that was built in 1901")
        ],
        "The minister said the bridge was unsafe because it was old.": [
            ("The minister", "said", "the bridge was unsafe because it was old")
        ],
    },
    "a noun that the parser takes for two": {
        "Holm Steel Ltd. (“the Company”) strongly denies the allegations.": [
            ("Holm Steel Ltd.", "denies", "the allegations")
        ],
        "Officials blamed the ’70s reforms for the loss.": [
            ("Officials", "blamed", "the ’70s reforms for the loss")
        ],
    },
    "headlines that end or begin with their speaker": {
        "Bridge unsafe, minister says": [("minister", "says", "Bridge unsafe")],
        "Bridge Unsafe, Minister Says": [("Minister", "Says", "Bridge Unsafe")],
        "BRIDGE UNSAFE, MINISTER SAYS": [("MINISTER", "SAYS", "BRIDGE UNSAFE")],
        "Vaccine Safe, Doctors Say": [("Doctors", "Say", "Vaccine Safe")],
        "Talks a Failure, Envoy Tells Council": [("Envoy", "Tells", "Talks a Failure")],
        "Dam ‘Unsafe’, Engineers Warn": [("Engineers", "Warn", "Dam ‘Unsafe’")],
        "Minister: Bridge Unsafe": [("Minister", ":", "Bridge Unsafe")],
        "MINISTER: BRIDGE UNSAFE": [("MINISTER", ":", "BRIDGE UNSAFE")],
        "Bridge unsafe: minister": [("minister", ":", "Bridge unsafe")],
        "Bridge Unsafe - Minister": [("Minister", "-", "Bridge Unsafe")],
        "Three killed in valley attack: police": [("police", ":", "Three killed in valley attack")],
    },
    "lines that may report or not": {
        "Road Works: Phase Two": [],
        "Minister: Karl Weber": [],
        "Bridge Collapse: Report": [],
        "After the vote, mayor says": [],
        "Bridge closed, road open": [],
        "Read more on bridges: report": [],
        "Bridge is unsafe - Northport Gazette": [],
    },
    "participles after another clause": {
        "The appeal was heard by Judge Moss, saying that the law was unfair.": [
            ("Judge Moss", "saying", "that the law was unfair")
        ],
        "The letters were read by the clerk, saying that they came late.": [
            ("the clerk", "saying", "that they came late")
        ],
        "The plan, which the mayor left, saying it would fail, was dropped.": [
            ("the mayor", "saying", "it would fail")
        ],
        "He was seen by a nurse, saying that he was late.": [("He", "saying", "that he was late")],
    },
    "whole quotations and nouns": {
        "Moss endorsed the re-election of Boyd.": [("Moss", "endorsed", "the re-election of Boyd")],
        "“I was there. I left early,” Moss said at the time, according to the report.": [
            ("Moss", "said", "“I was there. I left early,”"),
            (
                "the report",
                "according to",
                "“I was there. I left early,” Moss said at the time",
            ),
        ],
        "The clerk decided not to recommend charging Moss.": [
            ("The clerk", "decided", "not to recommend charging Moss")
        ],
    },
    "near misses": {
        "The guards denied him entry.": [],
        "Bridge to reopen in May": [],
        "The dog said nothing.": [],
        "The road leads to the harbour.": [],
        "She reads the newspaper every morning.": [],
        "The senator backed off.": [],
        "The police station is known for its clock.": [],
        "He read “War and Peace” on the train.": [],
        "The bridge, built in 1901, spans the river.": [],
        "The so-called “green belt” was sold.": [],
        "Tickets cost $5 a day.": [],
        "The team trained in the rain.": [],
    },
}

KNOWN_FAILURES: dict[str, list[Found]] = {
    # the parser takes "cost lives" for the predicate of the belief
    "The mayor's belief that the bridge was safe cost lives.": [
        ("The mayor", "belief", "that the bridge was safe")
    ],
    # a noun with an infinitive names a topic too often to be taken
    "The mayor’s promise to rebuild the bridge surprised nobody.": [
        ("The mayor", "promise", "to rebuild the bridge")
    ],
    # a sentence of one short quotation whose closing mark is missing
    "“The bridge is unsafe, the minister said.": [("the minister", "said", "The bridge is unsafe")],
    # two cues share one clause: the first is left without
    "The mayor said and the engineer confirmed that the bridge was safe.": [
        ("The mayor", "said", "that the bridge was safe"),
        ("the engineer", "confirmed", "that the bridge was safe"),
    ],
    # what one does to a person or in a game looks like what one says of a claim
    "Police questioned the student.": [],
    "The goalkeeper conceded a penalty.": [],
    # the parser takes "inspectors entry" for one noun
    "The guards denied the inspectors entry.": [],
}


def found(text: str, parsed: Callable[[str], Doc], lexicon: CueLexicon) -> list[Found]:
    doc = parsed(text)

    def words(span: tuple[int, int] | None) -> str | None:
        return text[slice(*doc.view.to_source(span))] if span else None

    def content(spans: tuple[tuple[int, int], ...]) -> str:
        return " … ".join(words(span) or "" for span in spans)

    return [(words(s.source), words(s.cue), content(s.content)) for s in find_statements(doc, lexicon)]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        pytest.param(s, e, id=f"{name}: {s[:60]}")
        for name, table in SENTENCES.items()
        for s, e in table.items()
    ],
)
def test_construction(
    sentence: str, expected: list[Found], parsed: Callable[[str], Doc], lexicon: CueLexicon
) -> None:
    assert found(sentence, parsed, lexicon) == expected


@pytest.mark.parametrize(("sentence", "expected"), KNOWN_FAILURES.items())
@pytest.mark.xfail(strict=True)
def test_known_failure(
    sentence: str, expected: list[Found], parsed: Callable[[str], Doc], lexicon: CueLexicon
) -> None:
    assert found(sentence, parsed, lexicon) == expected
